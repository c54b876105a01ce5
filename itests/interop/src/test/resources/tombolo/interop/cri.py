"""The few calls of the container runtime interface (k8s.io/cri-api, runtime.v1) that a kubelet makes for a pod's network, and the image that it needs.

  cri.py image ROOTFS NAME FILE          an OCI archive of the folder, whose program sleeps
  cri.py run SOCKET NAMESPACE NAME UID [KEY=VALUE...]   RunPodSandbox with annotations, PodSandboxStatus: prints the sandbox's id and its addresses
  cri.py stop SOCKET ID                  StopPodSandbox, RemovePodSandbox

Messages are few and flat: they are written by field number, so that no generated code is needed.
"""
import hashlib
import io
import json
import os
import sys
import tarfile


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, value):
    """A field of wire type 2: text, or a message that is encoded already."""
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def fields(data):
    """The fields of a message, by number; numbers as numbers, everything else as bytes."""
    found, at = {}, 0

    def number():
        nonlocal at
        value, shift = 0, 0
        while True:
            octet = data[at]
            at += 1
            value |= (octet & 127) << shift
            shift += 7
            if octet < 128:
                return value

    while at < len(data):
        key = number()
        if key & 7 == 0:
            value = number()
        elif key & 7 == 2:
            length = number()
            value = data[at:at + length]
            at += length
        else:
            raise ValueError("wire type %d" % (key & 7))
        found.setdefault(key >> 3, []).append(value)
    return found


def call(socket, method, message):
    import grpc
    with grpc.insecure_channel("unix://" + socket) as channel:
        return channel.unary_unary("/runtime.v1.RuntimeService/" + method)(message, timeout=30)


def run(socket, namespace, name, uid, annotations):
    metadata = field(1, name) + field(2, uid) + field(3, namespace)
    config = field(1, metadata) + field(2, name)
    for annotation in annotations:
        key, value = annotation.split("=", 1)
        config += field(7, field(1, key) + field(2, value))
    config += field(8, b"")
    sandbox = fields(call(socket, "RunPodSandbox", field(1, config)))[1][0].decode()
    status = fields(fields(call(socket, "PodSandboxStatus", field(1, sandbox)))[1][0])
    network = fields(status[5][0])
    more = [fields(each)[1][0].decode() for each in network.get(2, [])]
    print(sandbox, network[1][0].decode(), *more)


def stop(socket, sandbox):
    call(socket, "StopPodSandbox", field(1, sandbox))
    call(socket, "RemovePodSandbox", field(1, sandbox))


def image(rootfs, name, file):
    blobs = {}

    def blob(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        blobs["blobs/sha256/" + digest] = data
        return {"mediaType": "application/vnd.oci.image." + kind, "digest": "sha256:" + digest, "size": len(data)}

    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        tar.add(rootfs, ".")
    rootfs_layer = blob(layer.getvalue(), "layer.v1.tar")
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    config = {"architecture": machine, "os": "linux", "config": {"Entrypoint": ["/bin/sleep", "1000000"]},
              "rootfs": {"type": "layers", "diff_ids": [rootfs_layer["digest"]]}}
    manifest = {"schemaVersion": 2, "config": blob(json.dumps(config).encode(), "config.v1+json"), "layers": [rootfs_layer]}
    entry = blob(json.dumps(manifest).encode(), "manifest.v1+json")
    entry["annotations"] = {"org.opencontainers.image.ref.name": name, "io.containerd.image.name": name}
    blobs["index.json"] = json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode()
    blobs["oci-layout"] = b'{"imageLayoutVersion":"1.0.0"}'
    with tarfile.open(file, mode="w") as tar:
        for path, data in blobs.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[0] == "image":
        image(*words[1:])
    elif words[0] == "run":
        run(words[1], words[2], words[3], words[4], words[5:])
    else:
        stop(*words[1:])
