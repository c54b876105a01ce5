package tombolo.dataplane.adapter;

import tombolo.api.kernel.NetlinkSocket;

/** A socket between a test and the kernel: as the kernel's, until a test overrides something. */
class WrappedSocket implements NetlinkSocket {
    private final NetlinkSocket inner;

    WrappedSocket(NetlinkSocket inner) {
        this.inner = inner;
    }

    @Override
    public int portId() {
        return inner.portId();
    }

    @Override
    public void send(byte[] datagram, int length) {
        inner.send(datagram, length);
    }

    @Override
    public int receive(byte[] into, int timeoutMillis) {
        return inner.receive(into, timeoutMillis);
    }

    @Override
    public void wake() {
        inner.wake();
    }

    @Override
    public boolean isClosed() {
        return inner.isClosed();
    }

    @Override
    public void close() {
        inner.close();
    }
}
