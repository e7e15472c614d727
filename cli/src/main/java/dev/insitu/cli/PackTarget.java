package dev.insitu.cli;

import dev.insitu.elastic.Names;
import dev.insitu.elastic.codec.EntropyCoding;
import dev.insitu.forge.ForgeOptions;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which model a package is made of, where it goes and what it is called. */
final class PackTarget {

  @Parameters(paramLabel = "MODEL.onnx", description = "The root model.")
  private Path model;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT.insitu",
      description = "The package to write.")
  private Path output;

  @Option(names = "--name", description = "Name of the model; by default from the file's name.")
  private @Nullable String name;

  @Option(
      names = "--tag",
      defaultValue = "1",
      description = "Version of the package (default: ${DEFAULT-VALUE}).")
  private String tag;

  @Option(names = "--unsigned", description = "Do not sign the package.")
  private boolean unsigned;

  @Option(
      names = "--latency",
      negatable = true,
      description =
          "Measure the time that models take on this machine too: no two packages are then the same bytes. 'forge' does it by itself, 'pack' does not.")
  private @Nullable Boolean latency;

  @Option(
      names = "--for-link",
      paramLabel = "BIT/S",
      description =
          "Rate of the links that the package is for, as in 2G: chunks, or streams in them, stay plain where they arrive sooner so than entropy coded (default: all as short as possible, which suits links up to 100M).")
  private @Nullable String link;

  @Option(
      names = "--expansion",
      paramLabel = "BYTE/S",
      defaultValue = "1.2G",
      description =
          "With --for-link, how fast the devices expand what is entropy coded (default: ${DEFAULT-VALUE}, a core of a server; a phone's is several times slower).")
  private String expansion;

  Path model() {
    return model;
  }

  Path output() {
    return output;
  }

  private EntropyCoding entropyCoding() {
    return link == null
        ? EntropyCoding.SHORTEST
        : EntropyCoding.forLink(rate("--for-link", link) / 8, rate("--expansion", expansion));
  }

  private static double rate(String option, String text) {
    long rate = Sizes.parse(text);
    if (rate == 0) {
      throw new CliException(option + " is " + text + "; it must be positive.");
    }
    return rate;
  }

  /**
   * Options with name, version, signature and whether latency is measured, and nothing else.
   *
   * @param latencyAsARule whether it is, if the user does not say
   */
  ForgeOptions options(boolean latencyAsARule) throws IOException {
    String chosen =
        name != null
            ? name
            : Names.suggest(model.getFileName().toString().replaceAll("\\.onnx$", ""));
    ForgeOptions options =
        ForgeOptions.of(chosen, tag)
            .withLatency(latency == null ? latencyAsARule : latency)
            .withEntropyCoding(entropyCoding());
    return unsigned ? options : options.withSigner(Keys.ofUser().signer()::sign);
  }
}
