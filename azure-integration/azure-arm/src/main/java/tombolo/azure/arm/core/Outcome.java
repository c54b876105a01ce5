package tombolo.azure.arm.core;

/** What a request over the network came to. */
public sealed interface Outcome {
    record Answered(Reply reply) implements Outcome { }

    /**
     * @param code   stable: which kind of trouble
     * @param reason in words
     * @param sent   whether the other end may have seen the request
     * @param last   whether another attempt would come to the same: the time is up, or what is wrong is lasting
     */
    record Failed(String code, String reason, boolean sent, boolean last) implements Outcome { }
}
