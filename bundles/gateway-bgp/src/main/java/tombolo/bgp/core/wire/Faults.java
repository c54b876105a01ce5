package tombolo.bgp.core.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import tombolo.api.bgp.Notification;
import tombolo.bgp.core.wire.UpdateError.Action;
import tombolo.bgp.core.wire.UpdateError.Problem;

/** The faults of the message at hand. The strongest action of all decides (RFC 7606 §3 h). */
final class Faults {
    /** A message can repeat a fault thousands of times; people need the first ones. */
    private static final int MAX_KEPT = 8;
    /** NOTIFICATION data is cut so that the message stays within 4096 octets: 19 of header, 2 of codes. */
    private static final int MAX_DATA = 4096 - 21;

    private byte[] bytes = {};
    private int messageStart;
    private int messageEnd;
    private final List<Fault> faults = new ArrayList<>();
    private Action strongest = Action.IGNORE;
    private boolean any;
    private Notification notification = new Notification(Notification.UPDATE_ERROR, 1);
    private String why = "";

    /** What {@link UpdateError} holds, before the prefixes of the message are known. */
    private record Fault(Problem problem, int attribute, int flags, int length, int offset, int end, String reason, String clause, Action action) { }

    void begin(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        messageStart = start;
        messageEnd = end;
        faults.clear();
        strongest = Action.IGNORE;
        any = false;
    }

    boolean any() {
        return any;
    }

    Action strongest() {
        return strongest;
    }

    /** Makes a reset of what was milder, where there are no prefixes to withdraw (RFC 7606 §5.2). */
    void escalate() {
        strongest = Action.SESSION_RESET;
    }

    /** A fault outside of the attributes. @param length of the field, @param at where it is in the message */
    void message(Problem problem, int at, int length, String reason, String clause, Action action, int subcode) {
        add(new Fault(problem, -1, 0, length, at, at, reason, clause, action), subcode, 0, 0);
    }

    /** A fault of the attribute that stands from {@code at} to {@code end}; its octets are the notification's data where the subcode wants them. */
    void attribute(Problem problem, int at, int end, int valueLength, String reason, String clause, Action action, int subcode) {
        boolean data = subcode != 1 && subcode != 3 && subcode != 11; // RFC 4271 §6.3: which subcodes carry the attribute
        int stop = Math.min(end, messageEnd); // only what was received: a length field may claim more
        add(new Fault(problem, bytes[at + 1] & 0xff, bytes[at] & 0xff, valueLength, at, stop, reason, clause, action), subcode, data ? at : 0, data ? stop : 0);
    }

    /** An attribute that is not there. */
    void missing(int type) {
        add(new Fault(Problem.MISSING, type, 0, 0, messageStart, messageStart, "is missing beside announced prefixes", "RFC 7606 §3 d", Action.TREAT_AS_WITHDRAW), 3, 0, 0);
        if (strongest == Action.TREAT_AS_WITHDRAW && faults.size() == 1) {
            notification = new Notification(Notification.UPDATE_ERROR, 3, new byte[] {(byte) type});
        }
    }

    private void add(Fault fault, int subcode, int dataFrom, int dataEnd) {
        if (!any || fault.action.compareTo(strongest) > 0) {
            strongest = fault.action;
            byte[] data = dataEnd > dataFrom ? Arrays.copyOfRange(bytes, dataFrom, Math.min(dataEnd, dataFrom + MAX_DATA)) : new byte[0];
            notification = new Notification(Notification.UPDATE_ERROR, subcode, data);
            why = (fault.attribute < 0 ? "" : AttributeType.name(fault.attribute) + "(" + fault.attribute + "): ") + fault.reason + " [" + fault.clause + "]";
        }
        any = true;
        if (faults.size() < MAX_KEPT) {
            faults.add(fault);
        }
    }

    Outcome reset(DecodeContext context, UpdateSink sink) {
        report(context, sink, "", "", true);
        return new Outcome.Reset(notification, why);
    }

    /** Tells the sink all faults. With a reset each line says so: none of the milder actions happened. */
    void report(DecodeContext context, UpdateSink sink, String family, String prefixes, boolean reset) {
        for (Fault fault : faults) {
            Action action = reset ? Action.SESSION_RESET : fault.action;
            String hex = HexFormat.of().formatHex(bytes, fault.offset, Math.min(fault.end, fault.offset + UpdateError.MAX_HEX_OCTETS));
            sink.error(new UpdateError(fault.problem, context.peer(), context.localAs(), context.remoteAs(), family, fault.attribute, fault.flags, fault.length,
                    fault.offset - messageStart, fault.reason, fault.clause, action, prefixes,
                    hex + (fault.end - fault.offset > UpdateError.MAX_HEX_OCTETS ? "..." : "")));
        }
    }
}
