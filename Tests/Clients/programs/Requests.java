import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** An agent in Java with the client as it comes: it offers HTTP/2 with each first request of a connection. */
public class Requests {
    public static void main(String[] arguments) throws Exception {
        var client = HttpClient.newHttpClient();
        var agents = HttpRequest.newBuilder(URI.create(System.getenv("PLACET_URL") + "/api/v1/agents"))
            .timeout(Duration.ofSeconds(10)).header("x-api-key", System.getenv("API_KEY"));
        for (int i = 0; i < 3; i++) {
            System.out.println(client.send(agents.GET().build(), BodyHandlers.ofString()).statusCode());
            var post = agents.setHeader("content-type", "application/json").POST(BodyPublishers.ofString("{\"name\":\"java\"}"));
            System.out.println(client.send(post.build(), BodyHandlers.ofString()).statusCode());
        }
    }
}
