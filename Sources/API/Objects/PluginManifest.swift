import JSON

/// What a plugin says about itself in `plugin.json`, checked. On the wire every member is present (docs/plugins.md).
package struct PluginManifest: Sendable, Equatable, Encodable {
    package struct Permissions: Sendable, Equatable, Encodable {
        let httpRequests: Bool
        let maxHttpDomains: Domains
    }

    /// How many domains a plugin wants to reach, or which. Both spellings are in use.
    package enum Domains: Sendable, Equatable, Encodable {
        case number(Int64)
        case names([String])

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .names(let names): try container.encode(names)
            }
        }
    }

    /// A setting of the plugin, which each user may fill in.
    package struct Variable: Sendable, Equatable {
        package let key: String
        package let label: String
        package let isRequired: Bool
        package let defaultValue: String?
        package let isSecret: Bool
        package let description: String?
    }

    private static let maxVariables = 50
    /// The media types of images, by file name extension.
    private static let imageTypes = [
        "gif": "image/gif", "ico": "image/x-icon", "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png",
        "svg": "image/svg+xml", "webp": "image/webp",
    ]

    package let name: String
    package let displayName: String
    let version: String
    @OrNull var description: String?
    @OrNull var author: String?
    /// The name of an image in the plugin's folder, or of an icon that a dashboard may know.
    @OrNull private var icon: String?
    @OrNull var inputSchema: JSONValue?
    let permissions: Permissions
    package let env: [Variable]

    /// Reads and checks a manifest. Reports every member that does not pass, so that its author can fix all at once.
    package init(_ fields: inout JSONFields) {
        name = fields.string("name", length: Limits.pluginName)
        displayName = fields.string("displayName", length: 1...200)
        version = fields.string("version", length: 1...50)
        description = fields.optionalString("description", length: 0...2000)
        author = fields.optionalString("author", length: 0...200)
        icon = fields.optionalString("icon", length: 1...100).map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }
        inputSchema = fields.optionalObject("inputSchema")
        permissions = fields.optionalFields("permissions") { Permissions(&$0) } ?? .denied
        env = fields.optionalArray("env", count: 0...Self.maxVariables) { Variable(&$0) } ?? []

        if !Self.isKebabCase(name) {
            fields.report("name", code: "invalid_string", "must be lower-case words with hyphens, such as diff-view")
        }
        if let icon, Self.imageType(icon) == nil, !Self.isIconName(icon) {
            let endings = Self.imageTypes.keys.sorted().joined(separator: ", ")
            fields.report(
                "icon",
                code: "invalid_string",
                "must be the name of an image in the folder (\(endings)), or of an icon, without dots and slashes"
            )
        }
        if Set(env.map(\.key)).count < env.count { fields.report("env", code: "invalid", "must not repeat a key") }
    }

    /// The image in the plugin's folder that is its icon, and the image's media type.
    package var image: (name: String, type: String)? {
        icon.flatMap { name in Self.imageType(name).map { (name, $0) } }
    }

    /// Whether the plugin's page wants to reach a host. A number of domains names none, and leaves that to the operator.
    package func names(_ host: String) -> Bool {
        guard permissions.httpRequests else { return false }
        return switch permissions.maxHttpDomains {
        case .number(let number): number > 0
        case .names(let names): names.contains { $0 == "*" || $0.lowercased() == host }
        }
    }

    /// An icon's name may be anything that cannot be taken for a path.
    private static func isIconName(_ name: String) -> Bool {
        !name.utf8.contains { #"./\"#.utf8.contains($0) }
    }

    /// Whether a name consists of words of a to z and digits, joined by single hyphens: safe in a path, a URL and a log
    /// line.
    package static func isKebabCase(_ name: String) -> Bool {
        name.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { word in
            !word.isEmpty && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        }
    }

    /// The media type of an image, by its file name. Nil for other files and for names that are not plain: no slash of
    /// either kind, no leading dot. Only images, so that `plugin.json` with its secrets is never served as one.
    private static func imageType(_ name: String) -> String? {
        guard let dot = name.lastIndex(of: "."), !name.hasPrefix(".") else { return nil }
        let isPlain = name.utf8.allSatisfy {
            (0x20...0x7E).contains($0) && ![UInt8(ascii: "/"), UInt8(ascii: "\\")].contains($0)
        }
        return isPlain ? imageTypes[name[name.index(after: dot)...].lowercased()] : nil
    }
}

extension PluginManifest.Permissions {
    /// What a plugin gets that asks for nothing.
    fileprivate static let denied = Self(httpRequests: false, maxHttpDomains: .number(0))

    private static let maxDomains = 100
    private static let maxDomainLength = 253

    fileprivate init(_ fields: inout JSONFields) {
        httpRequests = fields.optionalBool("httpRequests") ?? false
        if fields.hasArray("maxHttpDomains") {
            let names = fields.optionalStrings("maxHttpDomains", count: 0...Self.maxDomains) ?? []
            maxHttpDomains = .names(names)
            if !names.allSatisfy(Self.isDomain) {
                fields.report("maxHttpDomains", code: "invalid", "must list domains such as api.example.com, or *")
            }
        } else {
            let number = fields.optionalInteger("maxHttpDomains") ?? 0
            maxHttpDomains = .number(number)
            if !(0...Int64(Self.maxDomains)).contains(number) {
                let problem = "must be a whole number from 0 to \(Self.maxDomains), or a list of domains"
                fields.report("maxHttpDomains", code: "invalid", problem)
            }
        }
    }

    /// Loosely: what is no domain is never reached.
    private static func isDomain(_ text: String) -> Bool {
        (1...maxDomainLength).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension PluginManifest.Variable: Encodable {
    fileprivate init(_ fields: inout JSONFields) {
        key = fields.string("key", length: 1...100)
        label = fields.string("label", length: 1...200)
        isRequired = fields.optionalBool("required") ?? false
        defaultValue = fields.optionalString("default", length: 0...2000)
        isSecret = fields.optionalBool("secret") ?? false
        description = fields.optionalString("description", length: 0...2000)
    }

    private enum CodingKeys: String, CodingKey {
        case key, label, description
        case isRequired = "required"
        case defaultValue = "default"
        case isSecret = "secret"
    }

    /// The default of a secret is left out: agents have no use for it.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(key, forKey: .key)
        try object.encode(label, forKey: .label)
        try object.encode(isRequired, forKey: .isRequired)
        try object.encode(isSecret ? nil : defaultValue, forKey: .defaultValue)
        try object.encode(isSecret, forKey: .isSecret)
        try object.encode(description, forKey: .description)
    }
}
