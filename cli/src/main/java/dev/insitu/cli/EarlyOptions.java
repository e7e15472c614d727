package dev.insitu.cli;

import dev.insitu.device.Model;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.elastic.plan.ExitPolicy.Measure;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By what policy exits answer early. */
final class EarlyOptions {

  private static final Pattern POLICY =
      Pattern.compile("(confidence|entropy):([0-9.]+(?:,[0-9.]+)*)");

  @Option(
      names = "--early",
      paramLabel = "POINTS",
      description =
          "Let exits answer when they are sure enough, by the package's own policy that loses at most so many points of accuracy, as in 0.5.")
  private @Nullable Double points;

  @Option(
      names = "--policy",
      paramLabel = "MEASURE:T,…",
      description =
          "Thresholds of your own, one for each exit: confidence:0.9,0.8 answers from these confidences on, entropy:0.2 up to that entropy.")
  private @Nullable String policy;

  /** What is asked for; empty to answer at the full depth. */
  Optional<ExitPolicy> policy(Model model) {
    if (points != null && policy != null) {
      throw new CliException("--early and --policy contradict each other; one of them says it.");
    }
    if (policy != null) {
      return Optional.of(parse(policy));
    }
    if (points == null) {
      return Optional.empty();
    }
    if (!(points >= 0 && points <= 100)) {
      throw new CliException("--early is " + points + "; it must be 0 to 100 points.");
    }
    return Optional.of(model.policyWithin(points / 100));
  }

  static ExitPolicy parse(String text) {
    Matcher parts = POLICY.matcher(text);
    if (!parts.matches()) {
      throw new CliException(
          "--policy is '"
              + text
              + "'; a measure and thresholds were expected, as in"
              + " confidence:0.9,0.8 or entropy:0.2.");
    }
    Measure measure = parts.group(1).equals("entropy") ? Measure.ENTROPY : Measure.CONFIDENCE;
    try {
      List<Double> thresholds =
          Arrays.stream(parts.group(2).split(",")).map(Double::parseDouble).toList();
      return new ExitPolicy(measure, thresholds);
    } catch (NumberFormatException e) {
      throw new CliException("--policy is '" + text + "'; its thresholds are no numbers.");
    }
  }
}
