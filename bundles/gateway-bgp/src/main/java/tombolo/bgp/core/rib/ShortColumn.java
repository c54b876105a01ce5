package tombolo.bgp.core.rib;

import java.util.Arrays;

/** A growing short[] in pages: growth allocates one page and copies nothing but page references. Entries are 0 to 65535, unwritten ones 0. */
final class ShortColumn {
    static final int PAGE_BITS = 14; // 32 KiB a page: below any humongous-object limit, small beside a table of a million
    static final int PAGE = 1 << PAGE_BITS;
    static final int MASK = PAGE - 1;

    private short[][] pages;

    ShortColumn() {
        this(new short[0][]);
    }

    ShortColumn(short[][] pages) {
        this.pages = pages;
    }

    int get(int index) {
        int page = index >>> PAGE_BITS;
        return page < pages.length ? pages[page][index & MASK] & 0xffff : 0;
    }

    void set(int index, int value) {
        int page = index >>> PAGE_BITS;
        if (page >= pages.length) {
            grow(page);
        }
        pages[page][index & MASK] = (short) value;
    }

    private void grow(int page) {
        int old = pages.length;
        pages = Arrays.copyOf(pages, page + 1);
        for (int i = old; i <= page; i++) {
            pages[i] = new short[PAGE];
        }
    }

    short[][] pages() {
        return pages;
    }

    long bytes() {
        return (long) pages.length * PAGE * Short.BYTES;
    }
}
