import API
import CAssets
import Index
import JSON
import NIOCore

/// The page of a plugin with what stands in front of it: what it is shown, as JSON, and the bridge over which it speaks
/// with the dashboard (docs/plugins.md). Both are there before the page's own scripts run.
struct PluginPage {
    /// What the bridge makes `Placet` from.
    private struct Shown: Encodable {
        @OrNull var message: MessageJSON?
        let env: [String: String?]
    }

    private let shown: Shown

    /// - Parameters:
    ///   - message: what asks for the plugin; nil for a preview.
    ///   - settings: what the user has set for `plugin`.
    init(message: MessageWithParts?, settings: [String: String], of plugin: PluginManifest) {
        shown = Shown(
            message: message.map { MessageJSON(listed: $0).withoutCallback },
            env: PluginSettings.told(settings, of: plugin)
        )
    }

    /// The document. It has a doctype of ours, because nothing may come before one; that of the page is ignored then.
    func around(_ page: [UInt8]) throws -> ByteBuffer {
        var text = ByteBuffer(string: #"<!doctype html><script type="application/json">"#)
        text.writeBytes(Self.inScript(try JSONText.bytes(of: shown)))
        text.writeString("</script><script>")
        text.writeBytes(Self.bridge)
        text.writeString("</script>")
        text.writeBytes(page.starts(with: Self.byteOrderMark) ? page[Self.byteOrderMark.count...] : page[...])
        return text
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static let bridge: [UInt8] = {
        let asset = Asset("Bridge/bridge.js")
        return Array(UnsafeBufferPointer(start: asset.bytes, count: asset.count))
    }()

    /// The same JSON without `<`, which stands in its strings alone: no text can end the element that it is in, or
    /// begin a comment there.
    private static func inScript(_ json: some Collection<UInt8>) -> [UInt8] {
        var safe: [UInt8] = []
        safe.reserveCapacity(json.count)
        for byte in json {
            if byte == UInt8(ascii: "<") { safe += Array(#"\u003c"#.utf8) } else { safe.append(byte) }
        }
        return safe
    }
}
