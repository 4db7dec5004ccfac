/// How bytes of a type may be served. docs/media-types.md shows the table, "How a type is served".
///
/// The code that sends the bytes must add `nosniff`, which makes browsers obey `contentType`.
package struct ServingPolicy: Sendable, Equatable {
    /// What a browser is told to do with a download. The raw value is used in `Content-Disposition` and in
    /// `?disposition=`.
    package enum Disposition: String, Sendable {
        case inline, attachment
    }

    /// The value of `Content-Type`.
    package var contentType: String
    package var disposition: Disposition
    /// The value of `Content-Security-Policy`. Attachments get one too, in case a browser shows them anyway.
    package var contentSecurityPolicy: String

    /// The policy for a stored type and charset. `requested` is what the client asked for.
    ///
    /// `attachment` is always granted. `inline` is granted even to active types and PDF, in a sandbox, but never to
    /// types that are not known here.
    package init(type: String, charset: String?, requested: Disposition?) {
        let name = MediaType.normalisedDeclaredType(type) ?? MediaType.unknown
        let served = TextTypes.canonical(name) ?? name
        let row = ServingRow.of(served)
        contentType = Self.knownCharset(charset).map { "\(served); charset=\($0)" } ?? served
        disposition =
            switch requested {
            case nil: row.unasked
            case .inline: row.asked
            case .attachment: .attachment
            }
        contentSecurityPolicy = row.contentSecurityPolicy
    }

    /// Allows only the charsets that detection gives, never `utf-7` and the like, in which harmless letters spell
    /// markup.
    private static func knownCharset(_ charset: String?) -> String? {
        charset.flatMap { Charset.isServed($0) ? $0 : nil }
    }
}

/// A row of the table: what happens when the client asks for nothing, and when it asks for `inline`.
private struct ServingRow {
    let unasked: ServingPolicy.Disposition
    let asked: ServingPolicy.Disposition
    let contentSecurityPolicy: String

    static func of(_ type: String) -> ServingRow {
        if ActiveTypes.contains(type) { return active }
        if type == "application/pdf" { return document }
        return isPassive(type) ? passive : other
    }

    private static let passive = ServingRow(unasked: .inline, asked: .inline, contentSecurityPolicy: inert)
    private static let document = ServingRow(unasked: .attachment, asked: .inline, contentSecurityPolicy: inert)
    private static let active = ServingRow(unasked: .attachment, asked: .inline, contentSecurityPolicy: look)
    private static let other = ServingRow(unasked: .attachment, asked: .attachment, contentSecurityPolicy: inert)

    /// Nothing loads, nothing runs, and the origin is opaque.
    private static let inert = "default-src 'none'; sandbox"

    /// The page keeps what it carries itself (styles, and pictures and fonts in `data:` addresses), so a report looks
    /// as it should. There is no script, form or meta refresh (the empty sandbox), and no request to anywhere
    /// (`'none'`, no `base`).
    private static let look = """
        default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; \
        base-uri 'none'; form-action 'none'; sandbox
        """

    private static func isPassive(_ type: String) -> Bool {
        if TextTypes.canonical(type) != nil || rasterImages.contains(type) { return true }
        return PassiveTypes.contains(type) && (type.hasPrefix("audio/") || type.hasPrefix("video/"))
    }

    /// Pictures made of pixels. Drawings (WMF, EPS, DWG…) are programs for a drawing engine, so they are saved instead.
    private static let rasterImages: Set = [
        "image/png", "image/apng", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/tiff",
        "image/x-icon", "image/vnd.microsoft.icon", "image/heic", "image/heif", "image/jxl", "image/jp2",
    ]
}
