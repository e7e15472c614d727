package dev.insitu.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import okio.BufferedSource;

/** Requests through OkHttp, on kept connections, never more of them than there are requests. */
public final class OkHttpTransport implements Transport {

  private static final int IDLE_CONNECTIONS = 2;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
  private static final MediaType JSON = MediaType.get("application/json");

  private final OkHttpClient client;
  private final CountedSockets sockets = new CountedSockets();

  /**
   * A transport with its own client.
   *
   * @param connectTimeout until a connection stands
   * @param stallTimeout without any byte
   */
  public OkHttpTransport(Duration connectTimeout, Duration stallTimeout) {
    this(new OkHttpClient(), connectTimeout, stallTimeout);
  }

  /**
   * A transport that takes over an application's settings: TLS, proxies, interceptors.
   *
   * @param settings stays as it is; its connections are not shared
   * @param connectTimeout until a connection stands
   * @param stallTimeout without any byte
   */
  public OkHttpTransport(OkHttpClient settings, Duration connectTimeout, Duration stallTimeout) {
    this.client =
        settings
            .newBuilder()
            .connectTimeout(connectTimeout)
            .readTimeout(stallTimeout)
            .writeTimeout(stallTimeout)
            .connectionPool(
                new ConnectionPool(IDLE_CONNECTIONS, KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS))
            // one stream for each connection, so that what is cut off is known to the byte
            .protocols(List.of(Protocol.HTTP_1_1))
            .socketFactory(sockets)
            .build();
  }

  @Override
  public Exchange exchange(Request request) {
    okhttp3.Request.Builder builder =
        new okhttp3.Request.Builder().url(request.uri().toString()).headers(headers(request));
    builder.method(
        request.method(),
        request.body().map(body -> RequestBody.create(bytes(body), type(request))).orElse(null));
    return new OkHttpExchange(client.newCall(builder.build()));
  }

  private static byte[] bytes(ByteBuffer body) {
    byte[] bytes = new byte[body.remaining()];
    body.duplicate().get(bytes);
    return bytes;
  }

  private static MediaType type(Request request) {
    String said = request.headers().get("Content-Type");
    MediaType type = said == null ? null : MediaType.parse(said);
    return type == null ? JSON : type;
  }

  private static Headers headers(Request request) {
    Headers.Builder headers = new Headers.Builder();
    headers.set("Accept-Encoding", "identity"); // positions in the body are what counts
    request.headers().forEach(headers::set);
    return headers.build();
  }

  @Override
  public void reconnect() {
    client.connectionPool().evictAll();
  }

  @Override
  public long socketBytes() {
    return sockets.bytesRead();
  }

  @Override
  public void close() {
    client.dispatcher().cancelAll();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  private record OkHttpExchange(Call call) implements Exchange {

    @Override
    public Response send() throws IOException {
      return new OkHttpResponse(call, call.execute());
    }

    @Override
    public void cancel() {
      call.cancel();
    }
  }

  private static final class OkHttpResponse implements Response {
    private final Call call;
    private final okhttp3.Response response;
    private final ResponseBody body;
    private final BufferedSource source;
    private long bytes;
    private boolean ended;

    OkHttpResponse(Call call, okhttp3.Response response) throws IOException {
      this.call = call;
      this.response = response;
      ResponseBody present = response.body();
      if (present == null) {
        throw new IOException("The answer has no body");
      }
      this.body = present;
      this.source = present.source();
    }

    @Override
    public int status() {
      return response.code();
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.ofNullable(response.header(name));
    }

    @Override
    public long length() {
      return body.contentLength();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = source.read(into, offset, length);
      if (read < 0) {
        ended = true;
      } else {
        bytes += read;
      }
      return read;
    }

    @Override
    public void close() {
      if (!ended && bytes != body.contentLength()) {
        call.cancel(); // or the client would read on for a while to save the connection
      }
      response.close();
    }
  }
}
