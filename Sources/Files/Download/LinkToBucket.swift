import HTTP
import HTTPTypes
import Hummingbird
import Store

/// Sends a client to the bucket for a large file, by a link that is good for a minute. Off unless the operator wants it:
/// the client has to reach the bucket, and to follow.
///
/// Only for what is kept and never shown: the bucket does not send the headers that keep uploaded bytes from running as
/// code, and says what it is told to say in the link, which is signed.
struct LinkToBucket {
    /// In bytes. Smaller files gain nothing.
    static let least: Int64 = 8 << 20
    private static let seconds = 60

    private let link: String

    /// Nil when the bytes have to be sent from here.
    init?(_ download: Download, in store: FileStore) {
        guard download.size >= Self.least, let disposition = download.keeping,
            let link = store.link(to: download.key, seconds: Self.seconds, disposition: disposition)
        else { return nil }
        self.link = link
    }

    /// Nobody is to keep it: who follows it later is refused.
    var response: Response {
        Response(
            status: .temporaryRedirect,
            headers: [.location: link, .cacheControl: "no-store", .referrerPolicy: "no-referrer"]
        )
    }
}
