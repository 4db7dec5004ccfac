import API
import HTTP
import JSON

/// What a plugin says about itself in `plugin.json`, checked; on the wire every member is there (docs/plugins.md).
package struct PluginManifest: Sendable, Equatable, Encodable {
    package struct Permissions: Sendable, Equatable, Encodable {
        var httpRequests = false
        var maxHttpDomains: Int64 = 0
    }

    /// A setting that the operator gives the plugin.
    package struct Variable: Sendable, Equatable {
        let key: String
        let label: String
        let isRequired: Bool
        let defaultValue: String?
        let isSecret: Bool
        let description: String?
    }

    private static let maxVariables = 50
    private static let maxDomains: ClosedRange<Int64> = 0...100
    /// The types of images by the extensions of their names.
    private static let imageTypes = [
        "gif": "image/gif", "ico": "image/x-icon", "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png",
        "svg": "image/svg+xml", "webp": "image/webp",
    ]

    package let name: String
    let displayName: String
    let version: String
    let description: String?
    let author: String?
    /// The name of an image in the plugin's folder.
    let icon: String?
    let inputSchema: JSONValue?
    let permissions: Permissions
    let env: [Variable]

    init(_ fields: inout JSONFields) {
        name = fields.string("name", length: Limits.pluginName)
        displayName = fields.string("displayName", length: 1...200)
        version = fields.string("version", length: 1...50)
        description = fields.optionalString("description", length: 0...2000)
        author = fields.optionalString("author", length: 0...200)
        icon = fields.optionalString("icon", length: 1...100)
        inputSchema = fields.optionalObject("inputSchema")
        permissions = fields.optionalFields("permissions") { Permissions(&$0, Self.maxDomains) } ?? Permissions()
        env = fields.optionalArray("env", count: 0...Self.maxVariables) { Variable(&$0) } ?? []

        if !Self.isKebabCase(name) {
            fields.report("name", code: "invalid_string", "must be lower-case words with hyphens, such as diff-view")
        }
        if let icon, Self.imageType(icon) == nil {
            let endings = Self.imageTypes.keys.sorted().joined(separator: ", ")
            fields.report("icon", code: "invalid_string", "must be the name of an image in the folder (\(endings))")
        }
        if Set(env.map(\.key)).count < env.count { fields.report("env", code: "invalid", "must not repeat a key") }
    }

    /// Letters a to z and digits in words, joined by single hyphens: safe in a path, a URL and a log line.
    static func isKebabCase(_ name: String) -> Bool {
        name.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { word in
            !word.isEmpty && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        }
    }

    /// The type of an image by its name, which must be plain: no slash of either kind, no leading dot. Only images, so that
    /// `plugin.json` with its secrets can never be shown as one.
    static func imageType(_ name: String) -> String? {
        guard let dot = name.lastIndex(of: "."), !name.hasPrefix(".") else { return nil }
        let isPlain = name.utf8.allSatisfy {
            (0x20...0x7E).contains($0) && ![UInt8(ascii: "/"), UInt8(ascii: "\\")].contains($0)
        }
        return isPlain ? imageTypes[name[name.index(after: dot)...].lowercased()] : nil
    }
}

extension PluginManifest.Permissions {
    fileprivate init(_ fields: inout JSONFields, _ domains: ClosedRange<Int64>) {
        httpRequests = fields.optionalBool("httpRequests") ?? false
        maxHttpDomains = fields.optionalInteger("maxHttpDomains") ?? 0
        if !domains.contains(maxHttpDomains) {
            let range = "\(domains.lowerBound) to \(domains.upperBound)"
            fields.report("maxHttpDomains", code: "invalid", "must be a whole number from \(range)")
        }
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

    /// The default of a secret stays here: agents have no use for it.
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

extension PluginManifest {
    private enum CodingKeys: CodingKey {
        case name, displayName, version, description, author, icon, inputSchema, permissions, env
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(name, forKey: .name)
        try object.encode(displayName, forKey: .displayName)
        try object.encode(version, forKey: .version)
        try object.encode(description, forKey: .description)
        try object.encode(author, forKey: .author)
        try object.encode(icon, forKey: .icon)
        try object.encode(inputSchema, forKey: .inputSchema)
        try object.encode(permissions, forKey: .permissions)
        try object.encode(env, forKey: .env)
    }
}
