/// What the handlers refuse beyond, and the document at `/openapi.json` tells: each number stands here, and only here.
///
/// Lengths are in Unicode code points, sizes in bytes. What a shelf refuses by itself stands in that shelf.
package enum Limits {
    // Names and ids

    /// An id, of ours or of the client's own making (`clientId`, `streamId`).
    package static let id = 1...500
    /// The name of an agent or of a user.
    package static let name = 1...200
    /// What an agent is for.
    package static let description = 0...10_000
    /// What an agent is sorted by.
    package static let tag = 0...64
    /// What an agent says it is doing.
    package static let statusMessage = 0...500
    /// How many of the last statuses the figures of an agent show.
    package static let statusesShown = 50
    package static let pluginName = 1...64
    /// The value of one setting of a plugin.
    package static let pluginSetting = 0...2000
    /// What may be looked for in a list.
    package static let search = 1000

    // Users

    package static let email = 3...254
    /// Shorter than any email: whoever signs in with nonsense is told nothing about it.
    package static let signInEmail = 1...254
    package static let newPassword = 8...1024
    /// A password that is compared with the stored one.
    package static let password = 1...1024
    package static let keyLabel = 1...64
    /// How much of the `User-Agent` is kept of a session.
    package static let userAgent = 200

    // Messages and reviews

    /// The files of a message; each may be answered with 64 KiB of text.
    package static let attachments = 0...100
    /// The texts that are stored as files along with a message.
    package static let textAttachments = 0...20
    /// The name of such a text, before it is made safe.
    package static let givenFilename = 1...4096
    /// A media type as the client says it.
    package static let givenType = 1...255
    package static let reviewType = 1...100
    package static let feedback = 0...100_000
    /// The files that an answer replaces.
    package static let modifiedFiles = 0...1000
    /// The text of one status event of a draft.
    package static let statusText = 1...10_000
    package static let toolHint = 0...200
    /// How long a draft that nobody writes to is left alone before it is aborted.
    package static let draftIdle = Duration.seconds(5 * 60)
    /// When a review expires that does not say it.
    package static let usualExpiry = Duration.seconds(24 * 60 * 60)
    /// When a review expires at the latest.
    package static let longestExpiry = Duration.seconds(36 * 60 * 60)
    /// How long a request waits for an answer, at most and by default.
    package static let wait = Duration.seconds(30)

    // Files

    /// The largest file, unless configured otherwise.
    package static let upload = 1 << 30
    /// A field of an upload form other than the file.
    package static let formField = 64 << 10
    /// How many ranges of a file are answered at once. More of them are a way to make a server work: they get the whole
    /// file, which RFC 9110 section 14.2 allows.
    package static let ranges = 8
    /// How many rows a list of files has, unless `limit` says otherwise.
    package static let usualFilesPage = 30
    package static let deletedAtOnce = 1...1000
    /// The links to a file that may be good at a time.
    package static let shares = 100
    /// The picture of an agent.
    package static let picture = 1 << 20
    /// Room for the other fields and the boundaries around a picture.
    package static let pictureForm = 64 << 10

    // Events and webhooks

    /// How often an event stream gives a sign of life.
    package static let heartbeat = Duration.seconds(15)
    /// The headers that a webhook may be given.
    package static let webhookHeaders = 0...50
    /// The name and the password of a webhook's basic authentication, each.
    package static let webhookCredential = 0...1024
    /// The secret that a webhook is signed with, decoded, in bytes (Standard Webhooks, "Signature scheme").
    package static let webhookSecret = 24...64
    /// How long a receiver may take to answer.
    package static let webhookAttempt = Duration.seconds(10)
    /// How long what the receiver says is read after it has answered.
    package static let webhookAnswer = Duration.seconds(1)
    /// How long after each failed attempt the next one comes; after the last of them there is none.
    package static let webhookPauses = [1, 5, 30, 5 * 60, 30 * 60].map(Duration.seconds)
    /// The tests of webhooks that may be under way at a time, of all users and of one.
    package static let webhookTests = 16
    package static let webhookTestsPerUser = 4

    // Requests

    /// For each key, each session and each address on the open routes, unless configured otherwise.
    package static let requestsPerSecond = 1000
}
