import NIOCore
import NIOHTTP1

/// NIO's decoder of requests, which also reads on after a request that offered an upgrade.
///
/// NIO takes every such offer for accepted, and its parser reads no further. We accept none, which RFC 9110 section 7.8
/// allows, so the next request comes in HTTP/1 as before. A fresh parser reads it.
final class RequestDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    private var parser = RequestDecoder.makeParser()
    private var hasStopped = false

    /// To be called when the parts of a request have arrived after which NIO's parser stops.
    func requestEndedParser() { hasStopped = true }

    func decoderAdded(context: ChannelHandlerContext) { parser.decoderAdded(context: context) }

    func decoderRemoved(context: ChannelHandlerContext) { parser.decoderRemoved(context: context) }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        let state = try parser.decode(context: context, buffer: &buffer)
        guard hasStopped else { return state }
        renewParser(context)
        return buffer.readableBytes > 0 ? .continue : .needMoreData
    }

    func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        let state = try parser.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
        guard hasStopped else { return state }
        renewParser(context)
        return buffer.readableBytes > 0 ? .continue : .needMoreData
    }

    private func renewParser(_ context: ChannelHandlerContext) {
        hasStopped = false
        parser.decoderRemoved(context: context)
        parser = Self.makeParser()
        parser.decoderAdded(context: context)
    }

    private static func makeParser() -> HTTPRequestDecoder {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 80 * 1024
        limits.maxHeaderListSize = 80 * 1024
        limits.maxHeaderFieldCount = 1000
        return HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes,
            informationalResponseStrategy: .drop,
            limitConfiguration: limits
        )
    }
}
