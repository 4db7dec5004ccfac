/// The types from which a browser builds a document, with scripts, styles and requests.
enum ActiveTypes {
    static let html = "text/html"
    static let xhtml = "application/xhtml+xml"
    static let svg = "image/svg+xml"
    static let xml = "text/xml"

    /// Whether a browser would render the type as HTML, SVG or another XML document (WHATWG MIME Sniffing, "XML MIME
    /// type").
    static func contains(_ type: String) -> Bool {
        type.hasSuffix("+xml") || names.contains(type)
    }

    private static let names: Set = [
        html, xml, "application/xml", "application/xml-sitemap", "text/xsl", "text/x-component",
    ]
}

/// Types that share one container format. libmagic names the container; the file's name says which member it is.
struct ContainerFamily {
    /// libmagic's answers that name only the container.
    let vague: Set<String>
    /// The member that each extension stands for.
    let members: [String: String]

    /// The more exact type that the hints allow inside the family. Nil when the answer is not one of the vague ones.
    static func refine(_ answer: String, _ hints: TypeHints) -> String? {
        guard let family = all.first(where: { $0.vague.contains(answer) }) else { return nil }
        if let member = family.members[hints.fileExtension] { return member }
        if let declared = hints.declared, family.members.values.contains(declared) { return declared }
        return nil
    }

    /// The same with what the bytes say: an Office file with macros is one, whatever it is called.
    static func refine(_ answer: String, _ bytes: UnsafeRawBufferPointer, _ hints: TypeHints) -> String? {
        let type = refine(answer, hints) ?? answer
        guard let withMacros = macroTypes[type], bytes.range(of: "vbaProject.bin") != nil else {
            return type == answer ? nil : type
        }
        return withMacros
    }

    private static let document = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    private static let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    private static let slides = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    private static let documentWithMacros = "application/vnd.ms-word.document.macroenabled.12"
    private static let sheetWithMacros = "application/vnd.ms-excel.sheet.macroenabled.12"
    private static let slidesWithMacros = "application/vnd.ms-powerpoint.presentation.macroenabled.12"

    private static let macroTypes = [
        document: documentWithMacros, sheet: sheetWithMacros, slides: slidesWithMacros,
    ]

    private static let all = [
        ContainerFamily(
            vague: [document],
            members: [
                "docm": documentWithMacros,
                "dotx": "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
                "dotm": "application/vnd.ms-word.template.macroenabled.12",
            ]
        ),
        ContainerFamily(
            vague: [sheet],
            members: [
                "xlsm": sheetWithMacros,
                "xlsb": "application/vnd.ms-excel.sheet.binary.macroenabled.12",
                "xltx": "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
            ]
        ),
        ContainerFamily(
            vague: [slides],
            members: [
                "pptm": slidesWithMacros,
                "ppsx": "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
                "potx": "application/vnd.openxmlformats-officedocument.presentationml.template",
            ]
        ),
        ContainerFamily(vague: ["video/x-ms-asf"], members: ["wmv": "video/x-ms-wmv"]),
        ContainerFamily(
            vague: ["application/zip", "application/x-zip", "application/java-archive"],
            members: [
                "docx": document,
                "xlsx": sheet,
                "pptx": slides,
                "docm": documentWithMacros,
                "xlsm": sheetWithMacros,
                "pptm": slidesWithMacros,
                "odt": "application/vnd.oasis.opendocument.text",
                "ods": "application/vnd.oasis.opendocument.spreadsheet",
                "odp": "application/vnd.oasis.opendocument.presentation",
                "epub": "application/epub+zip",
                "jar": "application/java-archive",
                "apk": "application/vnd.android.package-archive",
            ]
        ),
        // libmagic knows which program wrote an OLE file only when the file's directory is inside the sample.
        ContainerFamily(
            vague: ["application/x-ole-storage", "application/cdfv2", "application/vnd.ms-office"],
            members: [
                "doc": "application/msword",
                "xls": "application/vnd.ms-excel",
                "ppt": "application/vnd.ms-powerpoint",
                "msg": "application/vnd.ms-outlook",
            ]
        ),
    ]
}

/// The declared types that we believe when the bytes say nothing: a browser can only draw, play or save them.
enum PassiveTypes {
    static func contains(_ type: String) -> Bool {
        guard !ActiveTypes.contains(type), !playlists.contains(type) else { return false }
        return archives.contains(type) || kinds.contains { type.hasPrefix($0) }
    }

    private static let kinds = ["image/", "audio/", "video/", "font/"]

    /// Lists of addresses to fetch. They are called audio or video but are not.
    private static let playlists: Set = ["audio/mpegurl", "audio/x-mpegurl", "audio/x-scpls", "video/vnd.mpegurl"]

    private static let archives: Set = [
        "application/zip", "application/gzip", "application/x-gzip", "application/x-bzip2", "application/x-xz",
        "application/zstd", "application/x-7z-compressed", "application/x-tar", "application/vnd.rar",
        "application/x-rar-compressed", "application/x-lz4", "application/x-lzip", "application/x-cpio",
        "application/vnd.debian.binary-package", "application/x-rpm",
    ]
}
