package tombolo.dataplane.core.nftables;

/** Numbers of linux/netfilter/nfnetlink.h and nf_tables.h. Those of attributes stand where they are used. */
public final class Nf {
    static final int SUBSYSTEM = 10;
    public static final int INET = 1;
    public static final int BATCH_BEGIN = 0x10;
    public static final int BATCH_END = 0x11;
    /** The multicast group of changes (NFNLGRP_NFTABLES). */
    public static final int GROUP = 7;

    public static final int NEW_TABLE = SUBSYSTEM << 8;
    public static final int GET_TABLE = NEW_TABLE + 1;
    static final int DEL_TABLE = NEW_TABLE + 2;
    public static final int NEW_CHAIN = NEW_TABLE + 3;
    public static final int GET_CHAIN = NEW_TABLE + 4;
    static final int DEL_CHAIN = NEW_TABLE + 5;
    public static final int NEW_RULE = NEW_TABLE + 6;
    public static final int GET_RULE = NEW_TABLE + 7;
    static final int DEL_RULE = NEW_TABLE + 8;
    public static final int NEW_SET = NEW_TABLE + 9;
    public static final int GET_SET = NEW_TABLE + 10;
    static final int DEL_SET = NEW_TABLE + 11;
    public static final int NEW_ELEMENT = NEW_TABLE + 12;
    public static final int GET_ELEMENT = NEW_TABLE + 13;
    static final int DEL_ELEMENT = NEW_TABLE + 14;
    public static final int NEW_GENERATION = NEW_TABLE + 15;
    public static final int GET_GENERATION = NEW_TABLE + 16;

    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_CREATE = 0x400;
    static final int NLM_F_APPEND = 0x800;

    static final int SET_INTERVAL = 4;
    static final int SET_MAP = 8;
    static final int SET_CONCATENATED = 0x80;
    static final int DATA_VERDICT = 0xffffff00;
    static final int INTERVAL_END = 1;

    static final int NF_DROP = 0;
    static final int NF_ACCEPT = 1;
    static final int NFT_JUMP = -3;
    static final int NFT_GOTO = -4;
    static final int NFT_RETURN = -5;

    private Nf() { }
}
