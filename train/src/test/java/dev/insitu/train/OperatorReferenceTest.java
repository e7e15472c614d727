package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.insitu.model.OperatorRules;
import dev.insitu.model.width.WidthRules;
import dev.insitu.train.ops.Operators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The reference of operators is what the code and the runtime say of them; {@code -Dinsitu.update}
 * writes it anew.
 */
class OperatorReferenceTest {

  private static final Path PAGE = Path.of("..", "docs", "reference", "operators.md");

  /** Versions of the operator set that are asked about. */
  private static final int[] OPSETS = {
    7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24
  };

  /** What the runtime says of an operator that it lacks. */
  private static final List<String> UNKNOWN =
      List.of(
          "No Op registered", "Could not find an implementation", "not a registered", "deprecated");

  @TempDir Path folder;

  @Test
  void referencePageIsWhatTheCodeSays() throws Exception {
    String page = page();
    if (System.getProperty("insitu.update") != null) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }
    assertEquals(
        page,
        Files.readString(PAGE),
        "run mvn -pl train -am test -Dtest=OperatorReferenceTest -Dinsitu.update"
            + " -Dsurefire.failIfNoSpecifiedTests=false to write docs/reference/operators.md anew");
  }

  @Test
  void theRuntimeIsAskedAboutWhatItLacksToo() throws Exception {
    assertEquals(List.of(), runs("NoSuchOperator"));
    assertTrue(runs("Conv").contains(17));
    assertEquals(List.of(7, 8, 9), runs("Upsample"));
  }

  private String page() throws IOException, OrtException {
    StringBuilder page =
        new StringBuilder(
            """
            # Operators

            Written from the code: what is done with each operator of ONNX, by the version of the operator set (opset)
            that the model states. An operator that is not listed may still run; a model that has it is packed, cut
            elsewhere, and its weights keep all their bits.

            - **run**: versions at which ONNX Runtime 1.29 knows it. Those in brackets are known to it, and were not
              compared by a test of one node.
            - **cut**: a model may be cut into segments behind it, as the type of what it computes is known.
            - **quantise**: inputs whose weights are coded in few bits; *as its reader*: a weight that passes through it is
              coded as the reader needs.
            - **narrow**: whether channels are followed through it, so that a narrower model has fewer of them; others keep
              theirs.
            - **train**: versions from which on its gradient is known. The package of a model with others is made without
              re-training. Attributes that are not supported are named in the error.

            | operator | run | cut | quantise | narrow | train |
            |---|---|---|---|---|---|
            """);
    Set<String> cut = OperatorRules.cut();
    Map<String, Integer> trained = Operators.known();
    Set<String> narrowed = WidthRules.operators();
    Set<String> all = new TreeSet<>(cut);
    all.addAll(trained.keySet());
    for (String op : all) {
      String run = run(op);
      if (!run.isEmpty()) {
        page.append("| ").append(op).append(" | ").append(run);
        page.append(" | ").append(cut.contains(op) ? "yes" : "–");
        page.append(" | ").append(quantise(op));
        page.append(" | ").append(narrowed.contains(op) ? "yes" : "–").append(" | ");
        String last = run.replaceAll("[()]", "").replaceFirst("^[0-9]+", "");
        page.append(trained.containsKey(op) ? trained.get(op) + last : "–").append(" |\n");
      }
    }
    return page.toString();
  }

  private static String quantise(String op) {
    Set<Integer> inputs = new TreeSet<>(OperatorRules.quantised(op));
    return !inputs.isEmpty()
        ? "input " + String.join(", ", inputs.stream().map(String::valueOf).toList())
        : OperatorRules.passesOn(op) ? "as its reader" : "–";
  }

  /**
   * A range of versions, in brackets if no test of one node ran it; empty if the runtime lacks it.
   */
  private String run(String op) throws IOException, OrtException {
    List<Integer> known = runs(op);
    if (known.isEmpty()) {
      return "";
    }
    String range = known.getFirst() + "–" + (known.getLast() == 24 ? "" : known.getLast());
    return OperatorCases.opsets().containsKey(op) ? range : "(" + range + ")";
  }

  /** The versions at which the runtime knows the operator, whatever it says of its inputs. */
  private List<Integer> runs(String op) throws IOException {
    int low = 0;
    int high = OPSETS.length - 1;
    if (isKnown(op, OPSETS[high])) {
      while (low < high) { // an operator that is there stays
        int middle = (low + high) / 2;
        if (isKnown(op, OPSETS[middle])) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return Arrays.stream(OPSETS, low, OPSETS.length).boxed().toList();
    }
    List<Integer> known = new ArrayList<>();
    for (int opset : OPSETS) {
      if (isKnown(op, opset)) {
        known.add(opset);
      }
    }
    return known;
  }

  private boolean isKnown(String op, int opset) throws IOException {
    Path file = OneNode.of(op).real(1).write(opset, folder.resolve("probe.onnx"));
    try {
      Judge.ENVIRONMENT.createSession(file.toString()).close();
      return true;
    } catch (OrtException e) {
      String message = String.valueOf(e.getMessage());
      return UNKNOWN.stream().noneMatch(message::contains);
    }
  }
}
