package tombolo.bench.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What the count of what is left looks for. */
class ChurnTest {
    @Test
    void theRuleThatKeepsUnknownContainersClosedIsNothingThatAContainerLeft() {
        String closed = "iifname \"cali*\" iifname != @policy-workloads counter packets 0 bytes 0 drop";
        assertEquals(0, Churn.elements("chain policy-unknown-forward {\n" + closed + "\n" + closed + "\n}\n"));
        assertEquals(3, Churn.elements(closed + "\nelements = { \"cali0a1b\" . 10.0.0.1 : jump policy-e-1,\n \"cali0a1b\", \"cali0a1c\" }\n"));
    }
}
