package dev.insitu.cli;

import dev.insitu.elastic.Signatures;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code insitu key}: the user's signing key and the trusted ones. */
@Command(
    name = "key",
    mixinStandardHelpOptions = true,
    description = "Prints your public key, making one on first use, and the keys you trust.",
    footerHeading = "%nExample:%n",
    footer =
        "  insitu key --trust 3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29")
final class KeyCommand implements Callable<Integer> {

  @Mixin private Console console;

  @Option(
      names = "--trust",
      paramLabel = "HEX",
      description = "Trust this Ed25519 public key from now on.")
  private @Nullable String trust;

  @Override
  public Integer call() throws IOException {
    Keys keys = Keys.ofUser();
    String own = keys.signer().publicKey().hex();
    if (trust != null) {
      keys.trust(new Signatures.Key(trust));
    }
    List<String> trusted = keys.trusted().stream().map(Signatures.Key::hex).toList();
    console.print(
        Map.of("publicKey", own, "trusted", trusted),
        "your key  "
            + own
            + "\n"
            + String.join("\n", trusted.stream().map(key -> "trusted   " + key).toList()));
    return 0;
  }
}
