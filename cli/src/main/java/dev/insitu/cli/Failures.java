package dev.insitu.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Prints what went wrong for people: the message with its hint, and a stack trace only for a fault
 * of this program.
 */
final class Failures implements IExecutionExceptionHandler {

  private static final String OUR_OWN = "dev.insitu.";

  @Override
  public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
    Throwable cause =
        failure instanceof UncheckedIOException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    boolean expected = isExpected(cause);
    String text = expected && cause.getMessage() != null ? cause.getMessage() : cause.toString();
    line.getErr().println(line.getColorScheme().errorText("error: ") + text);
    if (!expected) {
      cause.printStackTrace(line.getErr());
    }
    return 1;
  }

  /** Exceptions of our own say to people what went wrong. */
  private static boolean isExpected(Throwable cause) {
    return cause instanceof IOException || cause.getClass().getName().startsWith(OUR_OWN);
  }
}
