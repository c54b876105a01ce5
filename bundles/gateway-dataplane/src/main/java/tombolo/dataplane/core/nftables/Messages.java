package tombolo.dataplane.core.nftables;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.dataplane.core.MessageWriter;

/**
 * Writes one transaction: messages between a batch's begin and end, each with its own sequence number and a word on what it is about.
 *
 * <pre>
 *  BATCH_BEGIN {generation}   NEWTABLE   DELRULE …   NEWSETELEM …   NEWRULE (ACK)   BATCH_END           one datagram: all or nothing
 *  userdata of a rule         | 0 n comment \0 | 84 16 hash |                                           type, length, value; nft passes over what it does not know
 * </pre>
 */
public final class Messages {
    /** What is ours in a rule's userdata; nft uses the numbers from 0. */
    static final int UDATA_HASH = 84;
    static final String TABLE_COMMENT = "kept by the gateway: changes are undone";
    /** The length of an attribute has 16 bits; an element is at most about 500 bytes. */
    private static final int ELEMENT_LIST_BYTES = 60_000;
    /** A start with 20,000 rules and 120,000 elements is 11 MB; what is five times that is not what this is for. */
    public static final int LONGEST_TRANSACTION = 64 << 20;

    /**
     * What is written into stays this large: {@link Steps#PIECE} rules of policies. Less, and a policy of all endpoints left 32 MB of grown arrays where only a collection of everything
     * takes them away, which lasts a second.
     */
    private static final int KEPT_BYTES = 4 << 20;

    private final MessageWriter out = new MessageWriter(16 << 10, LONGEST_TRANSACTION);
    private final Expressions expressions = new Expressions();
    private List<About> abouts = new ArrayList<>();
    private int first;

    /** @param name of the chain or set that a message is about; "" for the table @param doing what it does @param rule its place in the chain; negative: it is about no rule */
    public record About(String name, String doing, int rule, String comment) {
        /** Put together only where something was refused. */
        public String words() {
            return rule < 0 ? doing : "making rule " + rule + " of chain " + name + (comment.isEmpty() ? "" : " (" + comment + ")");
        }
    }

    public byte[] bytes() {
        return out.bytes();
    }

    public int size() {
        return out.size();
    }

    /** Begins a transaction whose messages are numbered from {@code sequence}. */
    public void begin(int sequence, int generation) {
        out.clear();
        abouts.clear();
        first = sequence;
        out.begin(Nf.BATCH_BEGIN, Nf.NLM_F_REQUEST, sequence);
        out.u8(0);
        out.u8(0);
        out.raw(new byte[] {0, Nf.SUBSYSTEM});
        out.attributeBig32(1, generation);
        out.end();
        abouts.add(new About("", "beginning", -1, ""));
    }

    /** Ends it; answers the number of the message whose acknowledgement says that it is in force. */
    public int end() {
        int last = first + abouts.size() - 1;
        out.flagLast(Nf.NLM_F_ACK);
        out.begin(Nf.BATCH_END, Nf.NLM_F_REQUEST, last + 1);
        out.u8(0);
        out.u8(0);
        out.raw(new byte[] {0, Nf.SUBSYSTEM});
        out.end();
        return last;
    }

    /** Forgets the transaction: that of a start is millions of bytes, those behind it a few hundred. */
    public void forget() {
        out.clear(KEPT_BYTES);
        abouts = abouts.size() > KEPT_BYTES / 64 ? new ArrayList<>() : abouts;
        abouts.clear();
    }

    /** What a message was about; empty for a number of another transaction. */
    public Optional<About> about(int sequence) {
        int index = sequence - first;
        return index >= 0 && index < abouts.size() ? Optional.of(abouts.get(index)) : Optional.empty();
    }

    void newTable() {
        start(Nf.NEW_TABLE, Nf.NLM_F_CREATE, "", "making the table", false);
        out.attributeText(1, Nftables.TABLE);
        out.attributeBig32(2, 0);
        out.attribute(6, comment(0, TABLE_COMMENT));
        out.end();
    }

    void newChain(Chain chain) {
        start(Nf.NEW_CHAIN, Nf.NLM_F_CREATE, chain.name(), "making chain " + chain.name(), true);
        out.attributeText(3, chain.name());
        chain.hook().ifPresent(hook -> {
            out.attributeText(7, Shapes.typeName(hook.type()));
            if (hook.drop()) {
                out.attributeBig32(5, Nf.NF_DROP);
            } else {
                out.attributeBig32(5, Nf.NF_ACCEPT);
            }
            int nested = out.openNested(4);
            out.attributeBig32(1, hook.point().ordinal());
            out.attributeBig32(2, hook.priority());
            out.close(nested);
        });
        if (!chain.comment().isEmpty()) {
            out.attribute(12, comment(0, chain.comment()));
        }
        out.end();
    }

    void deleteChain(String name) {
        start(Nf.DEL_CHAIN, 0, name, "removing chain " + name, true);
        out.attributeText(3, name);
        out.end();
    }

    void flushChain(String name) {
        start(Nf.DEL_RULE, 0, name, "emptying chain " + name, true);
        out.attributeText(2, name);
        out.end();
    }

    /** Removes one rule. */
    void deleteRule(String chain, long handle) {
        start(Nf.DEL_RULE, 0, chain, "removing a rule of chain " + chain, true);
        out.attributeText(2, chain);
        out.attributeBig64(3, handle);
        out.end();
    }

    /** @param before the rule before which it comes; 0: at the chain's end */
    void newRule(String chain, int position, Rule rule, long before) {
        start(Nf.NEW_RULE, before == 0 ? Nf.NLM_F_CREATE | Nf.NLM_F_APPEND : Nf.NLM_F_CREATE, new About(chain, "", position, rule.comment()), true);
        out.attributeText(2, chain);
        if (before != 0) {
            out.attributeBig64(6, before);
        }
        expressions.encode(rule);
        out.raw(expressions.bytes(), expressions.size());
        byte[] hash = expressions.hash(rule);
        byte[] shown = rule.comment().isEmpty() ? new byte[0] : comment(0, rule.comment());
        byte[] userdata = new byte[shown.length + 2 + hash.length];
        System.arraycopy(shown, 0, userdata, 0, shown.length);
        userdata[shown.length] = UDATA_HASH;
        userdata[shown.length + 1] = (byte) hash.length;
        System.arraycopy(hash, 0, userdata, shown.length + 2, hash.length);
        out.attribute(7, userdata);
        out.end();
    }

    void newSet(NamedSet set) {
        Shapes.SetShape shape = Shapes.of(set);
        start(Nf.NEW_SET, Nf.NLM_F_CREATE, set.name(), "making set " + set.name(), true);
        out.attributeText(2, set.name());
        out.attributeBig32(3, shape.flags());
        out.attributeBig32(4, shape.keyType());
        out.attributeBig32(5, shape.keyLength());
        if ((shape.flags() & Nf.SET_MAP) != 0) {
            out.attributeBig32(6, shape.dataType());
            out.attributeBig32(7, shape.dataLength());
        }
        out.attributeBig32(10, abouts.size());
        if (set.interval() && set.key().size() > 1) {
            int description = out.openNested(9);
            int fields = out.openNested(2);
            set.key().forEach(field -> {
                int one = out.openNested(1);
                out.attributeBig32(1, field.bytes());
                out.close(one);
            });
            out.close(fields);
            out.close(description);
        }
        out.attribute(13, Shapes.userdata(set));
        out.end();
    }

    void deleteSet(String name) {
        start(Nf.DEL_SET, 0, name, "removing set " + name, true);
        out.attributeText(2, name);
        out.end();
    }

    /** @param set whose shape counts, not its elements */
    void addElements(NamedSet set, Collection<Element> elements) {
        elements(Nf.NEW_ELEMENT, Nf.NLM_F_CREATE, set, elements, "adding to");
    }

    void removeElements(NamedSet set, Collection<Element> elements) {
        elements(Nf.DEL_ELEMENT, 0, set, elements, "removing from");
    }

    private void elements(int type, int flags, NamedSet set, Collection<Element> elements, String words) {
        boolean ranges = set.interval() && set.key().size() == 1;
        Iterator<Element> rest = elements.iterator();
        while (rest.hasNext()) {
            start(type, flags, set.name(), words + " set " + set.name(), true);
            out.attributeText(2, set.name());
            int list = out.openNested(3);
            while (rest.hasNext() && out.size() - list < ELEMENT_LIST_BYTES) {
                Element element = rest.next();
                element(set, element, false);
                if (ranges) {
                    element.to().next().ifPresent(end -> element(set, new Element(end, end, Optional.empty(), ""), true));
                }
            }
            out.close(list);
            out.end();
        }
    }

    private void element(NamedSet set, Element element, boolean end) {
        int mark = out.openNested(1);
        if (end) {
            out.attributeBig32(3, Nf.INTERVAL_END);
        }
        value(1, element.from());
        if (set.interval() && set.key().size() > 1) {
            value(10, element.to());
        }
        element.data().ifPresent(data -> {
            int nested = out.openNested(2);
            switch (data) {
                case Verdict verdict -> Expressions.verdict(out, verdict);
                case Element.Data(Value value) -> out.attribute(1, value);
            }
            out.close(nested);
        });
        if (!element.comment().isEmpty()) {
            out.attribute(6, comment(0, element.comment()));
        }
        out.close(mark);
    }

    private void value(int type, Value value) {
        int nested = out.openNested(type);
        out.attribute(1, value);
        out.close(nested);
    }

    private void start(int type, int flags, String name, String words, boolean inTable) {
        start(type, flags, new About(name, words, -1, ""), inTable);
    }

    private void start(int type, int flags, About about, boolean inTable) {
        header(out, type, flags, first + abouts.size());
        abouts.add(about);
        if (inTable) {
            out.attributeText(1, Nftables.TABLE);
        }
    }

    private static byte[] comment(int type, String text) {
        byte[] utf = text.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[utf.length + 3];
        all[0] = (byte) type;
        all[1] = (byte) (utf.length + 1);
        System.arraycopy(utf, 0, all, 2, utf.length);
        return all;
    }

    private static void header(MessageWriter out, int type, int flags, int sequence) {
        out.begin(type, Nf.NLM_F_REQUEST | flags, sequence);
        out.u8(Nf.INET);
        out.u8(0);
        out.u16(0);
    }

    /** Asks for all objects of a kind in our table; the kernel passes over the filter for some kinds. */
    public static void dump(MessageWriter out, int type, int sequence) {
        header(out, type, Nf.NLM_F_DUMP, sequence);
        if (type != Nf.GET_TABLE) {
            out.attributeText(1, Nftables.TABLE);
        }
        out.end();
    }

    /** Asks for the rules of one chain. */
    public static void dumpChain(MessageWriter out, String chain, int sequence) {
        header(out, Nf.GET_RULE, Nf.NLM_F_DUMP, sequence);
        out.attributeText(1, Nftables.TABLE);
        out.attributeText(2, chain);
        out.end();
    }

    public static void dumpElements(MessageWriter out, String set, int sequence) {
        header(out, Nf.GET_ELEMENT, Nf.NLM_F_DUMP, sequence);
        out.attributeText(1, Nftables.TABLE);
        out.attributeText(2, set);
        out.end();
    }

    public static void askGeneration(MessageWriter out, int sequence) {
        header(out, Nf.GET_GENERATION, Nf.NLM_F_ACK, sequence);
        out.end();
    }
}
