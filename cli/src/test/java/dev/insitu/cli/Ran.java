package dev.insitu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import picocli.CommandLine;

/**
 * What a command did.
 *
 * @param status its exit status
 */
record Ran(int status, String out, String err) {

  /** Runs a command as a user types it. */
  static Ran run(Object... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.line();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    int status = line.execute(Arrays.stream(words).map(Object::toString).toArray(String[]::new));
    return new Ran(status, out.toString(), err.toString());
  }

  /** Runs a command that must succeed. */
  static Ran ok(Object... words) {
    Ran ran = run(words);
    assertEquals(0, ran.status, ran.err);
    return ran;
  }

  /** The last line of the output. */
  JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.lines().toList().getLast());
  }
}
