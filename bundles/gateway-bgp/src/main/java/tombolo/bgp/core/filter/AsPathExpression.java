package tombolo.bgp.core.filter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A regular expression over an AS path as text ("65010 65020 {1 2}"), as route filters of routers use it: it matches where any part of the text does.
 *
 * <pre>
 * 65010   the digits, anywhere        ^ $    begin and end of the path       _      a border: begin, end, blank, { } ( ) [ ] or ,
 * .       any character               [0-9]  one of, [^0-9] none of          ( | )  groups and alternatives
 * * + ?   none or more, one or more, none or one                            {2} {2,} {2,4}  so often
 * \x      x itself; \d a digit
 * </pre>
 *
 * Matching takes time in proportion to text times expression whatever both hold (a set of states, no backtracking), because the text is a peer's.
 */
public final class AsPathExpression {
    /** Longer expressions, deeper nesting or larger repetitions are a mistake, and cost time for each path. */
    public static final int MAX_LENGTH = 1024;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_INSTRUCTIONS = 4096;
    private static final int MAX_REPEAT = 255;

    private static final int CHARS = 0;
    private static final int SPLIT = 1;
    private static final int BEGIN = 2;
    private static final int END = 3;
    private static final int MATCH = 4;
    private static final int JUMP = 5;

    private final String text;
    private final byte[] operations;
    private final long[] low;
    private final long[] high;
    private final int[] first;
    private final int[] second;
    private final int[] mark;
    private final int[] current;
    private final int[] following;
    private final int[] stack;
    private int step;

    private AsPathExpression(String text, Emitter code) {
        this.text = text;
        int size = code.operations.size();
        operations = new byte[size];
        low = new long[size];
        high = new long[size];
        first = new int[size];
        second = new int[size];
        for (int i = 0; i < size; i++) {
            Instruction instruction = code.operations.get(i);
            operations[i] = (byte) instruction.operation;
            low[i] = instruction.low;
            high[i] = instruction.high;
            first[i] = instruction.first;
            second[i] = instruction.second;
        }
        mark = new int[size];
        current = new int[size];
        following = new int[size];
        stack = new int[2 * size + 2];
    }

    /** @throws IllegalArgumentException saying what is wrong and where */
    public static AsPathExpression compile(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("an AS-path expression of " + text.length() + " characters, the most is " + MAX_LENGTH);
        }
        Emitter code = new Emitter(text);
        code.emit(new Parser(text).whole());
        code.add(MATCH, 0, 0, 0, 0);
        return new AsPathExpression(text, code);
    }

    /** Whether any part of the path matches. One thread at a time. */
    public boolean matches(CharSequence path) {
        Arrays.fill(mark, 0);
        step = 0;
        int active = 0;
        for (int at = 0; ; at++) {
            step++;
            int count = reach(following, 0, 0, at, path.length()); // a match may begin here
            for (int i = 0; i < active && count >= 0; i++) {
                count = reach(following, count, current[i], at, path.length());
            }
            if (count < 0) {
                return true;
            }
            if (at == path.length()) {
                return false;
            }
            active = advance(path.charAt(at), count);
        }
    }

    /** From the states that wait for a character to the ones behind it, into {@link #current}; answers how many. */
    private int advance(char character, int count) {
        int next = 0;
        for (int i = 0; i < count; i++) {
            int state = following[i];
            boolean in = character < 64 ? (low[state] >>> character & 1) != 0 : character < 128 && (high[state] >>> character - 64 & 1) != 0;
            if (in) {
                current[next++] = state + 1;
            }
        }
        return next;
    }

    /** Adds the states that wait for a character and can be reached from one without any; -1 where the end can be reached. */
    private int reach(int[] states, int size, int from, int at, int length) {
        int count = size;
        int top = 0;
        stack[top++] = from;
        while (top > 0) {
            int state = stack[--top];
            if (mark[state] == step) {
                continue;
            }
            mark[state] = step;
            switch (operations[state]) {
                case MATCH -> {
                    return -1;
                }
                case CHARS -> states[count++] = state;
                case JUMP -> stack[top++] = first[state];
                case SPLIT -> {
                    stack[top++] = second[state];
                    stack[top++] = first[state];
                }
                case BEGIN -> {
                    if (at == 0) {
                        stack[top++] = state + 1;
                    }
                }
                default -> {
                    if (at == length) {
                        stack[top++] = state + 1;
                    }
                }
            }
        }
        return count;
    }

    @Override
    public String toString() {
        return text;
    }

    private sealed interface Node {
        record Chars(long low, long high) implements Node { }

        record Begin() implements Node { }

        record End() implements Node { }

        record Sequence(List<Node> nodes) implements Node { }

        record Choice(List<Node> nodes) implements Node { }

        /** @param most -1: without end */
        record Repeat(Node node, int least, int most) implements Node { }
    }

    private static Node.Chars chars(String members) {
        long low = 0;
        long high = 0;
        for (char member : members.toCharArray()) {
            low |= member < 64 ? 1L << member : 0;
            high |= member >= 64 && member < 128 ? 1L << member - 64 : 0;
        }
        return new Node.Chars(low, high);
    }

    private static final Node BORDER = new Node.Choice(List.of(new Node.Begin(), new Node.End(), chars(" {}()[],")));

    private record Instruction(int operation, long low, long high, int first, int second) { }

    private static final class Emitter {
        private final String text;
        private final List<Instruction> operations = new ArrayList<>();

        Emitter(String text) {
            this.text = text;
        }

        int add(int operation, long low, long high, int first, int second) {
            if (operations.size() >= MAX_INSTRUCTIONS) {
                throw new IllegalArgumentException("AS-path expression '" + text + "' repeats too much: it needs more than " + MAX_INSTRUCTIONS + " states");
            }
            operations.add(new Instruction(operation, low, high, first, second));
            return operations.size() - 1;
        }

        void emit(Node node) {
            switch (node) {
                case Node.Chars chars -> add(CHARS, chars.low, chars.high, 0, 0);
                case Node.Begin begin -> add(BEGIN, 0, 0, 0, 0);
                case Node.End end -> add(END, 0, 0, 0, 0);
                case Node.Sequence sequence -> sequence.nodes.forEach(this::emit);
                case Node.Choice choice -> choice(choice.nodes);
                case Node.Repeat repeat -> repeat(repeat);
            }
        }

        private void choice(List<Node> nodes) {
            List<Integer> jumps = new ArrayList<>();
            for (int i = 0; i < nodes.size(); i++) {
                if (i == nodes.size() - 1) {
                    emit(nodes.get(i));
                } else {
                    int split = add(SPLIT, 0, 0, 0, 0);
                    emit(nodes.get(i));
                    jumps.add(add(JUMP, 0, 0, 0, 0));
                    operations.set(split, new Instruction(SPLIT, 0, 0, split + 1, operations.size()));
                }
            }
            jumps.forEach(jump -> operations.set(jump, new Instruction(JUMP, 0, 0, operations.size(), 0)));
        }

        private void repeat(Node.Repeat repeat) {
            for (int i = 0; i < repeat.least; i++) {
                emit(repeat.node);
            }
            if (repeat.most < 0) {
                int split = add(SPLIT, 0, 0, 0, 0);
                emit(repeat.node);
                add(JUMP, 0, 0, split, 0);
                operations.set(split, new Instruction(SPLIT, 0, 0, split + 1, operations.size()));
                return;
            }
            List<Integer> splits = new ArrayList<>();
            for (int i = repeat.least; i < repeat.most; i++) {
                splits.add(add(SPLIT, 0, 0, 0, 0));
                emit(repeat.node);
            }
            splits.forEach(split -> operations.set(split, new Instruction(SPLIT, 0, 0, split + 1, operations.size())));
        }
    }

    private static final class Parser {
        private final String text;
        private int at;
        private int depth;

        Parser(String text) {
            this.text = text;
        }

        Node whole() {
            Node node = choice();
            if (at < text.length()) {
                throw wrong("')' without '('");
            }
            return node;
        }

        private Node choice() {
            if (++depth > MAX_DEPTH) {
                throw wrong("more than " + MAX_DEPTH + " groups within each other");
            }
            List<Node> choices = new ArrayList<>(List.of(sequence()));
            while (at < text.length() && text.charAt(at) == '|') {
                at++;
                choices.add(sequence());
            }
            depth--;
            return choices.size() == 1 ? choices.getFirst() : new Node.Choice(choices);
        }

        private Node sequence() {
            List<Node> nodes = new ArrayList<>();
            while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
                nodes.add(repeated(atom()));
            }
            return new Node.Sequence(nodes);
        }

        private Node repeated(Node atom) {
            Node node = atom;
            while (at < text.length()) {
                int[] bounds = switch (text.charAt(at)) {
                    case '*' -> new int[] {0, -1, 1};
                    case '+' -> new int[] {1, -1, 1};
                    case '?' -> new int[] {0, 1, 1};
                    case '{' -> bounds();
                    default -> new int[0];
                };
                if (bounds.length == 0) {
                    return node;
                }
                node = new Node.Repeat(node, bounds[0], bounds[1]);
                at += bounds[2];
            }
            return node;
        }

        /** Least, most and length of "{2,4}"; empty where the brace stands for itself, as in "{1 2}". */
        private int[] bounds() {
            int close = text.indexOf('}', at);
            String inside = close < 0 ? "" : text.substring(at + 1, close);
            if (!inside.matches("[0-9]{1,3}(,[0-9]{0,3})?")) {
                return new int[0];
            }
            int comma = inside.indexOf(',');
            int least = Integer.parseInt(comma < 0 ? inside : inside.substring(0, comma));
            int most = comma < 0 ? least : comma == inside.length() - 1 ? -1 : Integer.parseInt(inside.substring(comma + 1));
            if (least > MAX_REPEAT || most > MAX_REPEAT || most >= 0 && most < least) {
                throw wrong("'{" + inside + "}': wanted up to " + MAX_REPEAT + ", the first not above the second");
            }
            return new int[] {least, most, inside.length() + 2};
        }

        private Node atom() {
            char c = text.charAt(at++);
            return switch (c) {
                case '^' -> new Node.Begin();
                case '$' -> new Node.End();
                case '_' -> BORDER;
                case '.' -> new Node.Chars(-1L, -1L);
                case '[' -> bracket();
                case '(' -> {
                    Node inside = choice();
                    if (at >= text.length() || text.charAt(at) != ')') {
                        throw wrong("'(' without ')'");
                    }
                    at++;
                    yield inside;
                }
                case '*', '+', '?' -> throw wrong("nothing to repeat");
                case '\\' -> {
                    if (at >= text.length()) {
                        throw wrong("nothing behind '\\'");
                    }
                    char escaped = text.charAt(at++);
                    yield escaped == 'd' ? chars("0123456789") : chars(String.valueOf(escaped));
                }
                default -> {
                    if (c >= 128) {
                        throw wrong("'" + c + "' can stand in no path");
                    }
                    yield chars(String.valueOf(c));
                }
            };
        }

        private Node bracket() {
            boolean not = at < text.length() && text.charAt(at) == '^';
            at += not ? 1 : 0;
            int start = at;
            long low = 0;
            long high = 0;
            while (at < text.length() && (text.charAt(at) != ']' || at == start)) {
                char from = text.charAt(at++);
                char to = from;
                if (at + 1 < text.length() && text.charAt(at) == '-' && text.charAt(at + 1) != ']') {
                    to = text.charAt(at + 1);
                    at += 2;
                }
                if (to < from || to >= 128) {
                    throw wrong("the range " + from + "-" + to);
                }
                for (int c = from; c <= to; c++) {
                    low |= c < 64 ? 1L << c : 0;
                    high |= c >= 64 ? 1L << c - 64 : 0;
                }
            }
            if (at >= text.length()) {
                throw wrong("'[' without ']'");
            }
            at++;
            return not ? new Node.Chars(~low, ~high) : new Node.Chars(low, high);
        }

        private IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException("AS-path expression '" + text + "', at character " + at + ": " + what);
        }
    }
}
