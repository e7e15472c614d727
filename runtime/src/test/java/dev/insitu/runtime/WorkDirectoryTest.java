package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryTest {

  @TempDir Path parent;

  /** Holds a directory until its input ends. */
  public static void main(String[] arguments) throws Exception {
    System.out.println(WorkDirectory.create(Path.of(arguments[0])).path());
    System.in.read();
    Runtime.getRuntime().halt(1);
  }

  @Test
  void goesWithItsLastHolder() throws Exception {
    WorkDirectory work = WorkDirectory.create(parent.resolve("a").resolve("b"));
    Files.write(work.path().resolve("x"), new byte[1]);
    work.retain();
    work.release();
    assertTrue(Files.exists(work.path()));
    work.release();
    assertFalse(Files.exists(work.path()));
  }

  @Test
  void twoModelsOfOneProcessDoNotSweepEachOther() throws Exception {
    WorkDirectory first = WorkDirectory.create(parent);
    WorkDirectory second = WorkDirectory.create(parent);
    assertNotEquals(first.path(), second.path());
    assertTrue(Files.exists(first.path()));
    first.release();
    second.release();
  }

  @Test
  void whatAKilledProcessLeftGoesAndWhatALiveOneHoldsStays() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WorkDirectoryTest.class.getName(),
                parent.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Path theirs = Path.of(other.inputReader().readLine());
    WorkDirectory ours = WorkDirectory.create(parent);
    assertTrue(Files.exists(theirs), "its process lives");
    other.destroyForcibly();
    assertTrue(other.waitFor(20, TimeUnit.SECONDS));
    assertTrue(Files.exists(theirs), "a killed process cannot tidy up");
    WorkDirectory next = WorkDirectory.create(parent);
    assertFalse(Files.exists(theirs));
    assertTrue(Files.exists(ours.path()));
    next.release();
    ours.release();
  }
}
