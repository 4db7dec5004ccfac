import API
import Blobs
import Configuration
import Delivery
import HTTP
import Index
import Logging
import Mail
import Plugins
import Store

/// Everything that can be set. Command-line arguments win over `PLACET_*` in the environment, and those over the
/// defaults.
///
/// It is checked as a whole before anything is opened or bound. Each line below says: type, default, range, meaning.
package struct ServerConfiguration: Sendable {
    /// `--host`, `PLACET_HOST` (text, `127.0.0.1`): the address to listen on.
    package let host: String
    /// `--port`, `PLACET_PORT` (integer, 3001, 0…65535): the TCP port; 0 takes a free one.
    package let port: Int
    /// `--storage`, `PLACET_STORAGE` (path, `./storage`, at most 90 bytes): the folder for index and bytes.
    package let storage: String
    /// `--index`, `PLACET_INDEX` (`postgresql://user@host/database`; a file in the storage folder): the PostgreSQL that keeps
    /// the index. A password is `PLACET_INDEX_PASSWORD`, or the first line of the file `PLACET_INDEX_PASSWORD_FILE`, or
    /// where libpq looks for it.
    package var index: PostgreSQLServer?  // Tests set it beside files on the disk.
    /// `--blobs`, `PLACET_BLOBS` (`s3://bucket/prefix?endpoint=…&region=…`, the storage folder): the bucket with the files'
    /// bytes. A folder that has one remembers it. Credentials come from `AWS_ACCESS_KEY_ID` and
    /// `AWS_SECRET_ACCESS_KEY`, or from a file. `PLACET_BLOB_CACHE_BYTES` (integer, 256 MiB, 0…2^50): how much of the disk
    /// small files from it may take that were asked for lately. `PLACET_BUCKET_KEEP_DAYS` (integer, 7, 0…3650): how long
    /// objects stay that the collector took, so that backups of the index find them.
    package let bucket: BucketSettings?
    /// `--redirect-downloads`, `PLACET_REDIRECT_DOWNLOADS` (`on` or `off`; `off`): clients are sent to the bucket for files of
    /// 8 MiB and more that are not shown.
    package let redirectsDownloads: Bool
    /// `PLACET_MAX_UPLOAD_BYTES` (integer, 1 GiB, 1…2^50 bytes): the largest file; a larger one gets 413.
    package let maxUploadBytes: Int64
    /// `PLACET_MIN_FREE_BYTES` (integer, 64 MiB, 0…2^50 bytes): the reserve. What would leave less of the disk free is
    /// refused with 507, but not what deletes, revokes or signs in.
    package let minFreeBytes: Int64
    /// `PLACET_QUOTA_BYTES`, `PLACET_QUOTA_USER_BYTES`, `PLACET_QUOTA_CHANNEL_BYTES` (integer, no limit, 0…2^50 bytes):
    /// how much the files of all users, of one user and of one channel may have; what would exceed it gets 507. Owners
    /// may set another for a user, users for a channel.
    package let quotas: Quotas
    /// `PLACET_IDLE_TIMEOUT` (integer, 60, 1…3600 seconds): a connection that sends nothing for that long is closed.
    package let idleTimeout: Duration
    /// `PLACET_MAX_CONNECTIONS` (integer, what the process has descriptors for less an eighth, 1…1 000 000): connections
    /// open at a time.
    package let maxConnections: Int?
    /// `PLACET_MAX_CONNECTIONS_PER_ADDRESS` (integer, no limit, 1…1 000 000): those of one IPv4 address or one IPv6
    /// network of 64 bits. Behind a proxy all come from one.
    package let maxConnectionsPerAddress: Int?
    /// `PLACET_MIN_BODY_RATE` (`off` or an integer, 1000, 1…1 000 000 bytes a second): a body that keeps the server
    /// waiting for the idle timeout in all, and a second more for each so many bytes that came, is given up with 408.
    package let minBodyRate: Int?
    /// `PLACET_RATE_LIMIT` (`off` or an integer, 1000, 1…1 000 000 requests a second): for each API key, for each
    /// session, and for each address on the open routes. A burst may have three times as many.
    package let rateLimit: Rate?
    /// `PLACET_ADMIN_EMAIL` (text, `admin@placet.local`): the address of the first owner, who is created at the first
    /// start.
    package let adminEmail: String
    /// `PLACET_ADMIN_PASSWORD` (text of 8 or more characters; random and printed once): the first owner's password.
    package let adminPassword: String?
    /// `PLACET_WEBHOOK_ALLOW` (list of names, addresses and CIDR ranges, each with `:port` or without; none): where
    /// webhooks may go besides the public Internet.
    package let webhookAllow: AllowedTargets
    /// `PLACET_PUBLIC_URL` (an http or https URL; none): under which people reach the dashboard. Notices then have links.
    package let publicURL: String?
    /// `PLACET_PLUGIN_DOMAINS` (list of `plugin:domain`, `*` for any that the manifest names; none): what the pages of
    /// plugins may reach through the server.
    package let pluginDomains: PluginDomains
    /// `PLACET_TRUSTED_PROXIES` (list of addresses and CIDR ranges; none): who may say by `X-Forwarded-For`, `-Proto` and
    /// `-Host` for whom a request is. `PLACET_ALLOWED_HOSTS` (list of host names; any): the names by which the server is
    /// reached. `PLACET_CORS_ORIGINS` (list of origins; none): whose pages may call the agent API.
    package let surroundings: Surroundings
    /// `PLACET_GC_SCHEDULE` (`off` or a time such as `30m`, `1h`, 1 s…30 days): how often the collector runs by itself.
    package let collectionInterval: Duration?
    /// `PLACET_UNATTACHED_DAYS` (integer, 7, 1…3650 days): how long a file may wait for a message.
    package let unattachedLifetime: Duration
    /// `PLACET_LOG_LEVEL` (trace, debug, info, notice, warning, error, critical; `info`): requests are logged at info.
    package let logLevel: Logger.Level
    /// `PLACET_LOG_FORMAT` (text or json; `text`): one line per event on standard error.
    package let logFormat: LogFormat

    /// `PLACET_METRICS_TOKEN` (16 to 512 visible ASCII characters; none): who shows it may read `/metrics`. Without it,
    /// programs on this machine may.
    package let metricsToken: String?

    /// `PLACET_AUDIT_DAYS` (integer, 90, 1…3650): how long entries of the audit log are kept.
    package let auditAge: Duration

    /// `PLACET_SMTP_URL` (`smtp://user@host:587` or `smtps://host`; none): the server that takes mails. With it go
    /// `PLACET_SMTP_FROM` (an address, needed), `PLACET_SMTP_PASSWORD` or `PLACET_SMTP_PASSWORD_FILE` (for a user), and
    /// `PLACET_SMTP_CA_FILE` (certificates in PEM; the system's).
    package let mail: MailSettings?

    private enum Switch: String, CaseIterable { case on, off }

    package enum LogFormat: String, Sendable, CaseIterable { case text, json }

    /// - Parameter arguments: what the command line said, by key (`host`, `port`, `storage`).
    /// - Throws: ``ConfigurationError`` that names the first key with an unusable value.
    package init(arguments: [String: String], environment: [String: String]) throws(ConfigurationError) {
        let values = Values(arguments: arguments, environment: environment)
        host = try values.text("host", default: "127.0.0.1")
        port = Int(try values.integer("port", default: 3001, in: 0...65535))
        storage = try values.text("storage", default: "./storage")
        index = try values.postgreSQL(isArgument: arguments["index"] != nil)
        bucket = try values.bucket(of: storage, environment)
        redirectsDownloads = try values.choice("redirect.downloads", default: Switch.off) == .on
        maxUploadBytes = try values.integer("max.upload.bytes", default: Int64(Limits.upload), in: 1...(1 << 50))
        minFreeBytes = try values.integer("min.free.bytes", default: 64 << 20, in: 0...(1 << 50))
        quotas = Quotas(
            all: try values.integer("quota.bytes", in: Self.quotaRange),
            user: try values.integer("quota.user.bytes", in: Self.quotaRange),
            channel: try values.integer("quota.channel.bytes", in: Self.quotaRange)
        )
        idleTimeout = .seconds(try values.integer("idle.timeout", default: 60, in: 1...3600))
        maxConnections = try values.integer("max.connections", in: 1...1_000_000)
        maxConnectionsPerAddress = try values.integer("max.connections.per.address", in: 1...1_000_000)
        minBodyRate = try values.integerOrOff("min.body.rate", default: 1000, in: 1...1_000_000)
        let perSecond = try values.integerOrOff(
            "rate.limit",
            default: Int64(Limits.requestsPerSecond),
            in: 1...1_000_000
        )
        rateLimit = perSecond.map { Rate(perSecond: $0, burst: $0 * Self.burstFactor) }
        adminEmail = EmailAddress.trimmed(try values.text("admin.email", default: "admin@placet.local"))
        adminPassword = values["admin.password"]
        webhookAllow = try values.targets("webhook.allow")
        publicURL = try values.siteURL("public.url")
        pluginDomains = try values.pluginDomains("plugin.domains")
        surroundings = try values.surroundings()
        collectionInterval = try values.intervalOrOff("gc.schedule", default: .seconds(3600), in: 1...30 * 86_400)
        unattachedLifetime = .seconds(86_400 * (try values.integer("unattached.days", default: 7, in: 1...3650)))
        logLevel = try values.choice("log.level", default: .info)
        logFormat = try values.choice("log.format", default: .text)
        auditAge = .seconds(24 * 60 * 60 * (try values.integer("audit.days", default: 90, in: 1...3650)))
        metricsToken = values["metrics.token"]
        mail = try values.mail()

        if index != nil, bucket == nil {
            throw .init(
                "index",
                "is PostgreSQL, but the files are in this machine's folder, where other nodes would miss them; give --blobs "
                    + "s3://… too"
            )
        }
        if storage.utf8.count > Self.maxStoragePathBytes {
            throw .init("storage", "is longer than \(Self.maxStoragePathBytes) bytes; the control socket needs room")
        }
        if redirectsDownloads {
            guard let bucket else { throw .init("redirect.downloads", "needs a bucket (PLACET_BLOBS)") }
            // What is uploaded must not come from the site of the dashboard, where it might run as its code.
            if let own = bucket.ownSite(among: surroundings.hosts ?? [], publicURL) {
                throw .init("redirect.downloads", "needs a bucket on another host than \(own), where the dashboard is")
            }
        }
        if let metricsToken, metricsToken.wholeMatch(of: /[!-~]{16,512}/) == nil {
            throw .init("metrics.token", "must have 16 to 512 visible ASCII characters, without blanks")
        }
        if let problem = EmailAddress.problem(in: adminEmail) { throw .init("admin.email", problem) }
        if let adminPassword, adminPassword.count < 8 { throw .init("admin.password", "must have 8 characters") }
    }

    private static let quotaRange = Int64(Limits.quota.lowerBound)...Int64(Limits.quota.upperBound)

    /// How many requests may come in a burst, for each one allowed per second.
    private static let burstFactor = 3

    /// The path of a Unix socket has at most 107 bytes, and ours appends its own name.
    private static let maxStoragePathBytes = 90

    package var indexPath: String { "\(storage)/index.sqlite" }
    package var pluginsPath: String { "\(storage)/plugins" }
    /// Where the command line on this machine reaches a running server.
    package var controlSocketPath: String { "\(storage)/control.sock" }
}

/// A setting that cannot be used, under the name by which the operator set it.
package struct ConfigurationError: Error, CustomStringConvertible {
    package let description: String

    /// The name of a setting in the environment.
    static func variable(_ key: String) -> String { "PLACET_" + key.uppercased().replacing(".", with: "_") }

    init(_ key: String, _ problem: String) {
        let arguments = ["blobs", "host", "index", "port", "redirect.downloads", "storage"]
        let argument = arguments.contains(key) ? " (or --\(key.replacing(".", with: "-"))) " : " "
        description = Self.variable(key) + argument + problem
    }
}

/// The values as text; arguments come before the environment.
struct Values {
    let reader: ConfigReader

    init(arguments: [String: String], environment: [String: String]) {
        let given = arguments.map { (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: false)) }
        reader = ConfigReader(providers: [
            InMemoryProvider(name: "arguments", values: Dictionary(uniqueKeysWithValues: given)),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "placet"),
        ])
    }

    subscript(key: String) -> String? { reader.string(forKey: ConfigKey(key)) }

    /// A text that must not be empty.
    func text(_ key: String, default fallback: String) throws(ConfigurationError) -> String {
        let text = self[key] ?? fallback
        guard !text.isEmpty else { throw ConfigurationError(key, "is empty") }
        return text
    }

    /// A whole number in decimal, within `range`.
    func integer(_ key: String, default fallback: Int64, in range: ClosedRange<Int64>) throws(ConfigurationError)
        -> Int64
    {
        guard let text = self[key] else { return fallback }
        guard let number = Int64(text), range.contains(number) else {
            throw ConfigurationError(
                key,
                "is '\(text)'; it must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// Nil when it is not set.
    func integer(_ key: String, in range: ClosedRange<Int64>) throws(ConfigurationError) -> Int? {
        self[key] == nil ? nil : Int(try integer(key, default: range.lowerBound, in: range))
    }

    /// Nil when it is `off`.
    func integerOrOff(_ key: String, default fallback: Int64, in range: ClosedRange<Int64>) throws(ConfigurationError)
        -> Int?
    {
        self[key] == "off" ? nil : Int(try integer(key, default: fallback, in: range))
    }

    /// A whole number and s, m, h or d, in seconds within `range`. Nil when it is `off`.
    func intervalOrOff(
        _ key: String,
        default fallback: Duration,
        in range: ClosedRange<Int64>
    ) throws(ConfigurationError) -> Duration? {
        guard let text = self[key] else { return fallback }
        if text == "off" { return nil }
        guard let interval = Interval(text), range.contains(Int64(interval.seconds)) else {
            throw ConfigurationError(
                key,
                "is '\(text)'; it must be off, or a time from \(range.lowerBound) s to \(range.upperBound) s such as 30m, 1h or 2d"
            )
        }
        return .seconds(interval.seconds)
    }

    /// A list separated by commas; empty means none.
    func targets(_ key: String) throws(ConfigurationError) -> AllowedTargets {
        guard let targets = AllowedTargets(self[key] ?? "") else {
            throw ConfigurationError(
                key,
                "must list host names, addresses or ranges, such as hooks.lan:8080,10.0.0.0/8,[fd00::/8]:443"
            )
        }
        return targets
    }

    /// A list separated by commas; empty means none.
    func pluginDomains(_ key: String) throws(ConfigurationError) -> PluginDomains {
        guard let domains = PluginDomains(self[key] ?? "") else {
            throw ConfigurationError(key, "must list plugin:domain, such as weather:api.example.com,board:*")
        }
        return domains
    }

    /// Where a site is, without a slash at the end; nil when it is not set.
    func siteURL(_ key: String) throws(ConfigurationError) -> String? {
        guard let text = self[key] else { return nil }
        guard (try? WebhookTarget(text)) != nil, text.wholeMatch(of: /[^?#]+/) != nil else {
            throw ConfigurationError(key, "is '\(text)'; it must be a URL such as https://placet.example.org")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// The network in front of the server, by the three settings that describe it.
    func surroundings() throws(ConfigurationError) -> Surroundings {
        guard let proxies = TrustedProxies(self["trusted.proxies"] ?? "") else {
            throw ConfigurationError("trusted.proxies", "must list addresses or ranges, such as 10.0.0.2,fd00::/8")
        }
        let hosts = try list("allowed.hosts", of: /[a-z0-9._-]+|\[[0-9a-f:.]+\]/, such: "placet.example.org,[fd00::1]")
        let origins = try list(
            "cors.origins",
            of: /https?:\/\/([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?/,
            such: "https://agents.example.org,http://localhost:5173"
        )
        return Surroundings(proxies: proxies, hosts: hosts.isEmpty ? nil : hosts, origins: origins)
    }

    /// A list separated by commas, in lower case; empty means none.
    private func list(
        _ key: String,
        of form: Regex<some Any>,
        such example: String
    ) throws(ConfigurationError) -> Set<String> {
        let items = (self[key] ?? "").lowercased().split(separator: ",").map { String($0.trimmed) }
        for item in items where item.wholeMatch(of: form) == nil {
            throw ConfigurationError(
                key,
                "has '\(item)'; it must be a list such as \(example) (xn--… for other scripts)"
            )
        }
        return Set(items)
    }

    /// One of the names of an enumeration, in their exact spelling.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String,
        default fallback: Choice
    ) throws(ConfigurationError) -> Choice {
        guard let text = self[key] else { return fallback }
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(key, "is '\(text)'; it must be one of \(names)")
        }
        return choice
    }
}
