package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.planning.DrawnSituations;
import dev.insitu.benchmarks.planning.MadePackage;
import dev.insitu.benchmarks.serve.Wrk;
import dev.insitu.cli.Scenario.Request;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.planner.Calibration;
import dev.insitu.planner.ServerSide;
import dev.insitu.server.InsituServer;
import dev.insitu.server.Planning;
import dev.insitu.server.ServerOptions;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How many situations a server decides in a second over HTTP: wrk on the same machine, another
 * package and another drawn situation with every request, one in four of a device that holds much.
 * Right after the server's start, and again.
 */
final class PlanServing {

  private static final int PACKAGES = 1_000;
  private static final int QUICK_PACKAGES = 100;
  private static final int SITUATIONS = 25_000;
  private static final int CHECKED = 50;
  private static final int RUNS = 3;
  private static final int CONNECTIONS = 16;
  private static final int COLD_SECONDS = 3;
  private static final int SECONDS = 5;
  private static final long MEMORY = 1L << 30;
  private static final double LEAST_PER_SECOND = 2_000;
  private static final int INFEASIBLE = 422;

  private final Workbench bench;
  private final Request request;
  private final DrawnSituations drawn;
  private final SplittableRandom random;
  private final List<MadePackage> packages = new ArrayList<>();

  PlanServing(Workbench bench, Request request) {
    this.bench = bench;
    this.request = request;
    this.drawn = new DrawnSituations(request.seed());
    this.random = new SplittableRandom(request.seed());
  }

  void run() throws IOException, InterruptedException {
    if (!Wrk.installed()) {
      request.notes().accept("There is no wrk here; apt-get install wrk. Plans are not served.");
      return;
    }
    Path library = bench.fresh("made-library");
    publish(library, request.quick() ? QUICK_PACKAGES : PACKAGES);
    try (InsituServer server = start(library)) {
      Wrk.Count cold = ask(server, COLD_SECONDS);
      figure("cold", new double[] {cold.perSecond()}, cold).accept(request, true);
      boolean right = answersAreDecisions(server);
      double[] rates = new double[RUNS];
      Wrk.Count last = cold;
      for (int run = -1; run < RUNS; run++) { // the first warms up
        last = ask(server, SECONDS);
        if (run >= 0) {
          rates[run] = last.perSecond();
        }
      }
      Figure warm = figure("warm", rates, last).bound(LEAST_PER_SECOND);
      warm.accept(request, right && warm.ours() >= LEAST_PER_SECOND);
    }
  }

  private Figure figure(String how, double[] rates, Wrk.Count last) {
    return Figure.of("plan/http/" + how, "1/s", rates)
        .with("packages", packages.size())
        .with("connections", CONNECTIONS)
        .with("distinctSituations", SITUATIONS)
        .with("requests", last.requests())
        .with("withoutPlan", last.refused());
  }

  private static InsituServer start(Path library) throws IOException {
    ServerSide computes = new ServerSide(1e11, 0.001);
    return InsituServer.start(
        ServerOptions.of(library)
            .withPort(0)
            .withPlanning(new Planning(Calibration.DEFAULT, computes, MEMORY)));
  }

  private void publish(Path library, int count) throws IOException {
    Path file = bench.fresh("made.insitu");
    try (InsituServer server = start(library)) {
      for (int i = 0; i < count; i++) {
        MadePackage made = MadePackage.stored(PACKAGES * request.seed() + i);
        made.write(file);
        try (PackageFile opened = PackageFile.open(file, Trust.anybody())) {
          server.library().publish(opened);
        }
        Files.delete(file);
        packages.add(made);
      }
    }
  }

  private Situation situation(MadePackage made) {
    Situation one = drawn.next();
    return random.nextInt(4) == 0 ? one.withHeld(drawn.held(made.manifest(), made.digest())) : one;
  }

  /** Asks with situations that were never asked before. */
  private Wrk.Count ask(InsituServer server, int seconds) throws IOException, InterruptedException {
    Path questions = bench.fresh("questions.txt");
    try (BufferedWriter out = Files.newBufferedWriter(questions)) {
      for (int i = 0; i < SITUATIONS; i++) {
        MadePackage made = packages.get(i % packages.size());
        out.write(path(made) + "\t");
        out.write(new String(PlanJson.write(situation(made)), StandardCharsets.UTF_8));
        out.newLine();
      }
    }
    Path script = bench.fresh("decide.lua");
    Files.writeString(script, script(questions));
    return Wrk.script(script, Line.url(server.port()).toString(), CONNECTIONS, seconds);
  }

  private static String path(MadePackage made) {
    return "/v1/models/" + made.manifest().name() + "/decide";
  }

  private static String script(Path questions) {
    return """
    local questions = {}
    local number = 0

    function init(args)
      local headers = { ["Content-Type"] = "application/json" }
      for line in io.lines("%s") do
        local path, body = line:match("^(.-)\\t(.*)$")
        questions[#questions + 1] = wrk.format("POST", path, headers, body)
      end
    end

    function request()
      number = number + 1
      return questions[(number - 1) %% #questions + 1]
    end
    """
        .formatted(questions);
  }

  /** Whether some answers are plans, and the others say that no sub-model keeps the limits. */
  private boolean answersAreDecisions(InsituServer server) throws IOException {
    int plans = 0;
    for (int i = 0; i < CHECKED; i++) {
      MadePackage made = packages.get(i % packages.size());
      HttpURLConnection post =
          (HttpURLConnection) Line.url(server.port()).resolve(path(made)).toURL().openConnection();
      post.setDoOutput(true);
      try (OutputStream body = post.getOutputStream()) {
        body.write(PlanJson.write(situation(made)));
      }
      int status = post.getResponseCode();
      boolean plan = status == HttpURLConnection.HTTP_OK;
      try (InputStream body = plan ? post.getInputStream() : post.getErrorStream()) {
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        if (!plan && !(status == INFEASIBLE && text.contains("situation-infeasible"))) {
          throw new IOException("A situation was answered with " + status + ": " + text);
        }
      }
      plans += plan ? 1 : 0;
    }
    return plans > 0;
  }
}
