/// The limits of requests and answers. The handlers enforce them, the document at `/openapi.json` states them, and each
/// number is written here only.
///
/// Lengths are in Unicode code points, sizes in bytes. What a shelf refuses by itself is written in that shelf.
package enum Limits {
    // Names and ids

    /// An id: one of ours, or one of the client's making (`clientId`, `streamId`).
    package static let id = 1...500
    /// The name of an agent or of a user.
    package static let name = 1...200
    /// What an agent is for.
    package static let description = 0...10_000
    /// A label by which agents are sorted.
    package static let tag = 0...64
    /// What an agent says it is doing.
    package static let statusMessage = 0...500
    /// How many of an agent's latest statuses are shown with its figures.
    package static let statusesShown = 50
    package static let pluginName = 1...64
    /// The value of one setting of a plugin.
    package static let pluginSetting = 0...2000
    /// A request of a plugin's page: how long it may take, what it may send, and what it may be answered, in bytes.
    package static let fetch = Duration.seconds(30)
    package static let fetchBody = 1 << 20
    package static let fetchAnswer = 4 << 20
    /// How many of them may be under way: in all, and for one user.
    package static let fetches = 8
    package static let fetchesPerUser = 4
    /// The text that a list is searched for; at most this long.
    package static let search = 1000
    /// Figures of lists end here, so that they cost what is shown of them.
    package static let counted = 1000

    // Users

    package static let email = 3...254
    /// Looser than ``email``: when signing in, a malformed address gets the same answer as a wrong one.
    package static let signInEmail = 1...254
    package static let newPassword = 8...1024
    /// The body of a sign-in, in bytes. Anybody may send one.
    package static let signInBody = 16 << 10
    /// A password to compare with the stored one.
    package static let password = 1...1024
    package static let keyLabel = 1...64
    /// After how many seconds a key may expire: at most ten years.
    package static let keyLifetime = 1...315_360_000
    /// How long ago the password may have been given for acts that ask for it again.
    package static let passwordGiven = Duration.seconds(60 * 60)
    /// The channels and keys in a file for `placet import`. They are stored in one transaction, in about a third of a
    /// second at most.
    package static let importedLines = 1...10_000
    /// How much of the `User-Agent` header a session keeps.
    package static let userAgent = 200

    // Messages and reviews

    /// The texts in Markdown that are read at once.
    package static let markdownTexts = 1...100
    /// How long they may be together.
    package static let markdownBytes = 256 << 10

    /// The files of a message. Each may be sent with 64 KiB of text.
    package static let attachments = 0...100
    /// After how many days a channel may delete its messages: at most a hundred years.
    package static let retentionDays = 1...36_500
    /// The texts that are stored as files together with a message.
    package static let textAttachments = 0...20
    /// The name of such a text, before it is sanitized.
    package static let givenFilename = 1...4096
    /// A media type as the client states it.
    package static let givenType = 1...255
    package static let reviewType = 1...100
    package static let feedback = 0...100_000
    /// The files for which an answer has replacements.
    package static let modifiedFiles = 0...1000
    /// The text of one status event of a draft.
    package static let statusText = 1...10_000
    /// How long an upload address is good, in seconds, and when nobody says it; and how many a key may have.
    package static let uploadAddressLifetime = 1...86_400
    package static let usualUploadAddressLifetime = 900
    package static let uploadAddresses = 1000
    /// The bytes that it takes.
    package static let fileBytes = 1...Int(Int64.max >> 1)
    /// How many uploads in parts of a user may be incomplete.
    package static let openUploads = 1000

    /// A message of the Model Context Protocol, in bytes, and the messages of a batch.
    package static let mcpBody = 1 << 20
    package static let mcpBatch = 1...20
    /// A text that goes through a model, in code points; and what a model reads of a file at once, in bytes.
    package static let mcpText = 65_536
    package static let mcpRead = 24_576
    /// The options or fields of a question from a model.
    package static let mcpOptions = 1...50
    /// The answers that are acknowledged at once.
    package static let mcpHandles = 0...50

    /// How long a draft may stay without an update before it is aborted.
    package static let draftIdle = Duration.seconds(5 * 60)
    /// How long a review waits that does not say when it expires.
    package static let usualExpiry = Duration.seconds(24 * 60 * 60)
    /// How long a review may wait at most.
    package static let longestExpiry = Duration.seconds(36 * 60 * 60)
    /// How long a request waits for an answer; also the most that it may ask for.
    package static let wait = Duration.seconds(30)
    /// How many requests of a key, and of all keys of a user, may wait at a time.
    package static let waitsPerCaller = 1_000
    package static let waitsPerUser = 10_000

    // Files

    /// The largest file, unless configured otherwise.
    package static let upload = 1 << 30
    /// How many bytes the files of a channel or a user may have, when a limit is set.
    package static let quota = 0...(1 << 50)
    /// A field of an upload form other than the file.
    package static let formField = 64 << 10
    /// How many ranges of a file are served in one answer. A request for more gets the whole file, which RFC 9110
    /// section 14.2 allows, because many ranges are a way to make a server work.
    package static let ranges = 8
    /// The lines of a text that are shown at a time, and how many when nobody says.
    package static let lines = 1...5000
    package static let usualLines = 200
    /// What lines are searched for, in Unicode code points.
    package static let linePattern = 1...1000
    /// The lines that a search finds at a time, and how many when nobody says.
    package static let foundLines = 1...1000
    package static let usualFoundLines = 100
    /// How many lines are shown before and behind each that was found.
    package static let lineContext = 0...20
    /// How long a text is searched for one answer.
    package static let lineSearch = Duration.seconds(2)
    /// The entries of an archive that are shown at a time, and how many when nobody says.
    package static let entries = 1...1000
    package static let usualEntries = 200
    /// How long entries are looked for in an archive, and facts in a file.
    package static let look = Duration.seconds(2)
    /// How many rows a list of files has when `limit` is missing.
    package static let usualFilesPage = 30
    package static let deletedAtOnce = 1...1000
    /// How many valid links a file may have at a time.
    package static let shares = 100
    /// The picture of an agent.
    package static let picture = 1 << 20
    /// Room in a form for the fields and boundaries around a picture.
    package static let pictureForm = 64 << 10

    // Events and webhooks

    /// How many event streams a key or a session, and a user in all, may have open. Each looks at every commit in the
    /// channels that it covers.
    package static let streamsPerCaller = 50
    package static let streamsPerUser = 200
    /// A heavier message is left out of its event, in characters as ``PageWeight`` counts. So little is held for a client
    /// that does not read.
    package static let eventMessage = 64 << 10
    /// How often an event stream shows that it is alive.
    package static let heartbeat = Duration.seconds(15)
    /// The headers that may be set for a webhook.
    package static let webhookHeaders = 0...50
    /// Their names and values together, in bytes. Servers commonly take 8 KiB in all, and each message may have its own.
    package static let webhookHeaderBytes = 8 << 10
    /// User name and password of a webhook's Basic authentication, each (RFC 7617).
    package static let webhookCredential = 0...1024
    /// The secret that signs a webhook's requests, decoded, in bytes (Standard Webhooks, "Signature scheme").
    package static let webhookSecret = 24...64
    /// How long a receiver may take to answer.
    package static let webhookAttempt = Duration.seconds(10)
    /// How long the body of the receiver's answer is read after its status has come. The body itself is dropped.
    package static let webhookAnswer = Duration.seconds(1)
    /// How long to wait after each failed attempt: a day in all. After the last one there is no other.
    package static let webhookPauses = [
        Duration.seconds(1), .seconds(5), .seconds(30), .seconds(5 * 60), .seconds(30 * 60), .seconds(2 * 60 * 60),
        .seconds(5 * 60 * 60), .seconds(8 * 60 * 60), .seconds(9 * 60 * 60),
    ]
    /// The longest pause that a receiver may ask for with `Retry-After`.
    package static let webhookRetryAfter = Duration.seconds(6 * 60 * 60)
    /// How many deliveries to the webhooks of one user are under way at a time.
    package static let webhooksPerUser = 8
    /// How long a webhook's old secret signs beside the new one.
    package static let webhookSecretOverlap = Duration.seconds(24 * 60 * 60)
    /// How many tests of webhooks may run at a time: in all, and for one user.
    package static let webhookTests = 16
    package static let webhookTestsPerUser = 4

    // Notifications

    /// The channels that a user has muted.
    package static let mutedChannels = 0...1000
    /// The name of a time zone.
    package static let timeZone = 1...64
    package static let ntfyToken = 1...512
    /// How many notices to one user are under way at a time.
    package static let noticesPerUser = 8

    // Admin

    /// How long contents without a file may be asked to stay, in seconds: at most ten years.
    package static let collectionGrace = 0...315_360_000
    /// The id of a plan of collection.
    package static let planID = 1...200

    // Requests

    /// For each key, each session and each address on the open routes, unless configured otherwise.
    package static let requestsPerSecond = 1000
}
