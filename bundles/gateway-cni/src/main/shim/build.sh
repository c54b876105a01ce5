#!/bin/sh
# build.sh SOURCES TARGET: builds the shim for every processor that a compiler is at hand for, static and without a C library. Where there is none, the perl
# version is all there is; that is said and is no failure.
set -eu
sources=$1
target=$2
mkdir -p "$target"
cp "$sources/shim.pl" "$target/tombolo-cni.pl"
flags="-Os -static -nostdlib -nostartfiles -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fno-builtin -fno-tree-loop-distribute-patterns -Wall -Wextra -Werror -Wl,--build-id=none -Wl,-z,noexecstack -s"
built=
# shim COMPILER PROCESSOR: the name of the processor is that of uname -m.
shim() {
  command -v "$1" >/dev/null 2>&1 || return 0
  [ "$("$1" -dumpmachine 2>/dev/null | sed 's/-.*//')" = "$2" ] || return 0
  [ ! -e "$target/tombolo-cni.$2" ] || [ "$sources/shim.c" -nt "$target/tombolo-cni.$2" ] || { built="$built $2"; return 0; }
  # shellcheck disable=SC2086 # a list
  "$1" $flags -o "$target/tombolo-cni.$2" "$sources/shim.c"
  built="$built $2"
}
for processor in x86_64 aarch64; do
  shim "${CC:-cc}" $processor
  case $built in *$processor*) ;; *) shim $processor-linux-gnu-gcc $processor ;; esac
done
[ -n "$built" ] || echo "gateway-cni: no C compiler for x86_64 or aarch64; only the perl version of the CNI plugin is built" >&2
