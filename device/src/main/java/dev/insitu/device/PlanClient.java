package dev.insitu.device;

import dev.insitu.device.Transport.Exchange;
import dev.insitu.device.Transport.Request;
import dev.insitu.device.Transport.Response;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.plan.Granted;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Asks a server for plans, and for what is not in their streams. */
final class PlanClient {

  private final Transport transport;
  private final URI server;
  private final Cancellation cancellation;
  private final Tally tally;
  private final LinkMeter link;

  /**
   * @param server absolute address below which the paths of the protocol lie
   * @param link learns how long answers take
   */
  PlanClient(
      Transport transport, URI server, Cancellation cancellation, Tally tally, LinkMeter link) {
    this.transport = transport;
    this.server = server;
    this.cancellation = cancellation;
    this.tally = tally;
    this.link = link;
  }

  /**
   * Posts wishes.
   *
   * @throws AnswerException if the server has no plan for them
   */
  SignedPlan plan(ModelName name, Wishes wishes) throws IOException {
    return post(name, "/plan", PlanJson.write(wishes), PlanJson::readPlan, SignedPlan::of);
  }

  /**
   * Posts a situation.
   *
   * @throws AnswerException if the server has no plan for it: INFEASIBLE if its limits contradict
   */
  Decided decide(ModelName name, Situation situation) throws IOException {
    return post(
        name,
        "/decide",
        PlanJson.write(situation),
        PlanJson::readGranted,
        (granted, signatures) -> new Decided(granted, SignedPlan.of(granted.stream(), signatures)));
  }

  /**
   * A decision with the signatures of its manifest.
   *
   * @param plan its stream
   */
  record Decided(Granted granted, SignedPlan plan) {}

  private <T, R> R post(
      ModelName name,
      String path,
      byte[] question,
      Function<byte[], T> reading,
      BiFunction<T, String, R> signing)
      throws IOException {
    URI uri = resolve(server, "/v1/models/" + name.model() + path + name.query());
    Request request = new Request("POST", uri, Map.of(), Optional.of(ByteBuffer.wrap(question)));
    Exchange exchange = transport.exchange(request);
    cancellation.begin(exchange);
    long begin = System.nanoTime();
    try (Response response = exchange.send()) {
      link.roundTrip((System.nanoTime() - begin) * 1e-9);
      if (response.status() != 200) {
        throw Answers.failure(response, "a plan of model '" + name + "'", tally);
      }
      byte[] body = Answers.body(response, PlanJson.MAX_BYTES, tally);
      String signatures = response.header("Insitu-Signatures").orElse("");
      return signing.apply(reading.apply(body), signatures);
    } catch (ElasticException e) {
      throw new AnswerException.Refused(
          DeviceException.Reason.SERVER,
          "The server's plan of model '" + name + "' is refused: " + e.getMessage());
    } finally {
      cancellation.end(exchange);
    }
  }

  /**
   * Fetches an object of a package that is not a chunk.
   *
   * @param what it is, as in "the profile"
   * @throws AnswerException if the server does not give it
   * @throws IOException if other bytes came
   */
  byte[] object(ModelName name, ObjectRef object, String what) throws IOException {
    URI uri = resolve(server, "/v2/" + name.model() + "/blobs/" + object.digest());
    Exchange exchange = transport.exchange(new Request("GET", uri, Map.of(), Optional.empty()));
    cancellation.begin(exchange);
    long begin = System.nanoTime();
    try (Response response = exchange.send()) {
      link.roundTrip((System.nanoTime() - begin) * 1e-9);
      String wanted = what + " of model '" + name + "'";
      if (response.status() != 200) {
        throw Answers.failure(response, wanted, tally);
      }
      byte[] body = Answers.body(response, object.size(), tally);
      if (!Digest.sha256(body).equals(object.digest())) {
        throw new IOException("other bytes than " + wanted + " came");
      }
      return body;
    } finally {
      cancellation.end(exchange);
    }
  }

  /** Where a plan's stream is. */
  URI content(Plan plan) {
    return resolve(server, "/v1/plans/" + plan.id().hex() + "/content");
  }

  /** An address below the server's. */
  static URI resolve(URI server, String path) {
    String base = server.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }
}
