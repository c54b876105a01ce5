package tombolo.bgp.core.rib;

import java.util.Arrays;

/** A growing byte[] in pages: growth allocates one page and copies nothing but page references. Entries are 0 to 255, unwritten ones 0. */
final class ByteColumn {
    static final int PAGE_BITS = 14; // 16 KiB a page: below any humongous-object limit, small beside a table of a million
    static final int PAGE = 1 << PAGE_BITS;
    static final int MASK = PAGE - 1;

    private byte[][] pages;

    ByteColumn() {
        this(new byte[0][]);
    }

    ByteColumn(byte[][] pages) {
        this.pages = pages;
    }

    int get(int index) {
        int page = index >>> PAGE_BITS;
        return page < pages.length ? pages[page][index & MASK] & 0xff : 0;
    }

    void set(int index, int value) {
        int page = index >>> PAGE_BITS;
        if (page >= pages.length) {
            grow(page);
        }
        pages[page][index & MASK] = (byte) value;
    }

    private void grow(int page) {
        int old = pages.length;
        pages = Arrays.copyOf(pages, page + 1);
        for (int i = old; i <= page; i++) {
            pages[i] = new byte[PAGE];
        }
    }

    byte[][] pages() {
        return pages;
    }

    long bytes() {
        return (long) pages.length * PAGE;
    }
}
