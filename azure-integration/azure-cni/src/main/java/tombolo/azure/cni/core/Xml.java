package tombolo.azure.cni.core;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The little of XML that the wire server's document has: elements and attributes, in UTF-8. Whatever could make a reader fetch, expand or run something is not
 * there to be abused: a document type, entities of its own, processing instructions and CDATA sections are refused, and what is between elements is passed over.
 *
 * <pre>
 *  document = [BOM] [declaration] misc* element misc*        misc = white space | comment
 *  element  = '<' name attribute* ('/>' | '>' (text | comment | element)* '</' name '>')
 * </pre>
 */
final class Xml {
    /** The document has four levels. */
    private static final int MAX_DEPTH = 16;
    /** A machine has at most 8 interfaces with 256 addresses each. */
    private static final int MAX_ELEMENTS = 50_000;
    private static final int MAX_ATTRIBUTES = 64;

    private final String text;
    private int at;
    private int elements;

    /** Ends reading. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /** @param name without the prefix of its name space */
    record Element(String name, Map<String, String> attributes, List<Element> children) {
        Element {
            attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
            children = List.copyOf(children);
        }

        Optional<String> attribute(String key) {
            return Optional.ofNullable(attributes.get(key));
        }

        List<Element> children(String wanted) {
            return children.stream().filter(child -> child.name.equals(wanted)).toList();
        }
    }

    private Xml(String text) {
        this.text = text;
    }

    /** The outermost element. */
    static Element parse(byte[] utf8) throws Malformed {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("it is not UTF-8");
        }
        return new Xml(text.startsWith("\uFEFF") ? text.substring(1) : text).document();
    }

    private Element document() throws Malformed {
        if (text.startsWith("<?xml") && text.length() > 5 && isSpace(text.charAt(5))) {
            int end = text.indexOf("?>");
            if (end < 0) {
                throw cutOff();
            }
            at = end + 2;
        }
        misc();
        Element root = element(1);
        misc();
        if (at < text.length()) {
            throw new Malformed("something follows the outermost element, at character " + at);
        }
        return root;
    }

    private void misc() throws Malformed {
        while (true) {
            spaces();
            if (text.startsWith("<!--", at)) {
                comment();
            } else {
                return;
            }
        }
    }

    private void comment() throws Malformed {
        int end = text.indexOf("-->", at + 4);
        if (end < 0) {
            throw cutOff();
        }
        at = end + 3;
    }

    private Element element(int depth) throws Malformed {
        if (depth > MAX_DEPTH || ++elements > MAX_ELEMENTS) {
            throw new Malformed("more than " + MAX_DEPTH + " levels or " + MAX_ELEMENTS + " elements");
        }
        if (text.startsWith("<!", at) || text.startsWith("<?", at)) {
            throw new Malformed("a document type, a section or a processing instruction at character " + at + ", which this document never has");
        }
        expect('<');
        String full = name();
        Map<String, String> attributes = new LinkedHashMap<>();
        while (true) {
            boolean apart = spaces();
            if (text.startsWith("/>", at)) {
                at += 2;
                return new Element(local(full), attributes, List.of());
            }
            if (peek() == '>') {
                at++;
                return new Element(local(full), attributes, children(full, depth));
            }
            if (!apart) {
                throw unexpected();
            }
            attribute(attributes);
        }
    }

    private void attribute(Map<String, String> into) throws Malformed {
        String name = name();
        spaces();
        expect('=');
        spaces();
        char quote = peek();
        if (quote != '"' && quote != '\'') {
            throw unexpected();
        }
        int end = text.indexOf(quote, at + 1);
        if (end < 0) {
            throw cutOff();
        }
        String value = text.substring(at + 1, end);
        if (value.indexOf('<') >= 0) {
            throw new Malformed("a '<' in the attribute " + name);
        }
        at = end + 1;
        if (into.size() >= MAX_ATTRIBUTES || into.putIfAbsent(name, decoded(value)) != null) {
            throw new Malformed("the attribute " + name + " stands there twice, or there are more than " + MAX_ATTRIBUTES);
        }
    }

    private List<Element> children(String parent, int depth) throws Malformed {
        List<Element> children = new ArrayList<>();
        while (true) {
            int next = text.indexOf('<', at);
            if (next < 0) {
                throw cutOff();
            }
            at = next;
            if (text.startsWith("<!--", at)) {
                comment();
            } else if (text.startsWith("</", at)) {
                at += 2;
                String name = name();
                spaces();
                expect('>');
                if (!name.equals(parent)) {
                    throw new Malformed("</" + name + "> where </" + parent + "> was wanted");
                }
                return children;
            } else {
                children.add(element(depth + 1));
            }
        }
    }

    /** The five entities that XML itself has, and characters by number. */
    private static String decoded(String value) throws Malformed {
        int amp = value.indexOf('&');
        if (amp < 0) {
            return value;
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (; amp >= 0; amp = value.indexOf('&', from)) {
            int end = value.indexOf(';', amp);
            if (end < 0 || end - amp > 10) {
                throw new Malformed("a '&' without its ';'");
            }
            out.append(value, from, amp);
            String name = value.substring(amp + 1, end);
            switch (name) {
                case "lt" -> out.append('<');
                case "gt" -> out.append('>');
                case "amp" -> out.append('&');
                case "quot" -> out.append('"');
                case "apos" -> out.append('\'');
                default -> out.appendCodePoint(number(name));
            }
            from = end + 1;
        }
        return out.append(value, from, value.length()).toString();
    }

    private static int number(String name) throws Malformed {
        try {
            if (name.startsWith("#")) {
                int point = name.startsWith("#x") ? Integer.parseInt(name.substring(2), 16) : Integer.parseInt(name.substring(1));
                if (point > 0 && Character.isValidCodePoint(point)) {
                    return point;
                }
            }
        } catch (NumberFormatException _) {
            // told below
        }
        throw new Malformed("the entity &" + name + "; is not one of XML's own");
    }

    private String name() throws Malformed {
        int from = at;
        while (at < text.length() && isNameCharacter(text.charAt(at))) {
            at++;
        }
        if (at == from) {
            throw unexpected();
        }
        return text.substring(from, at);
    }

    private static boolean isNameCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.' || c == ':';
    }

    private static String local(String name) {
        return name.substring(name.indexOf(':') + 1);
    }

    private boolean spaces() {
        int from = at;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at > from;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private char peek() throws Malformed {
        if (at >= text.length()) {
            throw cutOff();
        }
        return text.charAt(at);
    }

    private void expect(char wanted) throws Malformed {
        if (peek() != wanted) {
            throw unexpected();
        }
        at++;
    }

    private Malformed cutOff() {
        return new Malformed("it ends in the middle, after " + text.length() + " characters");
    }

    private Malformed unexpected() {
        return at >= text.length() ? cutOff() : new Malformed("unexpected '" + (Character.isISOControl(text.charAt(at)) ? '?' : text.charAt(at)) + "' at character " + at);
    }
}
