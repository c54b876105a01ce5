package tombolo.bgp.core.rib;

import java.util.Arrays;

/** A growing long[] in pages: growth allocates one page and copies nothing but page references. Unwritten entries are 0. */
final class LongColumn {
    static final int PAGE_BITS = 14; // 128 KiB a page: below any humongous-object limit, small beside a table of a million
    static final int PAGE = 1 << PAGE_BITS;
    static final int MASK = PAGE - 1;

    private long[][] pages;

    LongColumn() {
        this(new long[0][]);
    }

    LongColumn(long[][] pages) {
        this.pages = pages;
    }

    long get(int index) {
        int page = index >>> PAGE_BITS;
        return page < pages.length ? pages[page][index & MASK] : 0;
    }

    void set(int index, long value) {
        int page = index >>> PAGE_BITS;
        if (page >= pages.length) {
            grow(page);
        }
        pages[page][index & MASK] = value;
    }

    private void grow(int page) {
        int old = pages.length;
        pages = Arrays.copyOf(pages, page + 1);
        for (int i = old; i <= page; i++) {
            pages[i] = new long[PAGE];
        }
    }

    long[][] pages() {
        return pages;
    }

    long bytes() {
        return (long) pages.length * PAGE * Long.BYTES;
    }
}
