package tombolo.azure.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path folder;

    /** What another thread's interrupt closed is opened anew by who writes next, and that one nobody has waited for. */
    @Test
    void whoWaitsForAFileThatWasOpenedAgainWaitsForThatOne() throws IOException {
        Journal journal = new Journal(folder.resolve("a.log"), _ -> { }, List::of);
        FileChannel before = FileChannel.open(folder.resolve("a.log"), StandardOpenOption.WRITE);
        before.close();
        journal.force(before);
        journal.close();
        assertThrows(ClosedChannelException.class, () -> journal.force(before), "it is the one of now that is waited for");
    }
}
