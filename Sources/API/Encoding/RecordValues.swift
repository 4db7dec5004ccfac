import Index
import JSON

// How the values of records are written. Enumerations are written with the words that the index stores. The command line
// reads some of them again.

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = Timestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time as we write it")
        }
        self = time
    }

    /// ISO 8601 in UTC with milliseconds.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

// Here and not beside the other members, so that the compiler makes one for each type.
extension JSONWriter {
    mutating func member(_ name: StaticString, _ value: (some RawRepresentable<String>)?) {
        member(name, value?.rawValue)
    }

    mutating func member(_ name: StaticString, _ time: Timestamp?) {
        member(name, time?.description)
    }
}

extension Identifier: Codable {}
extension Agent.Status: Encodable {}
extension BlobExplanation.State: Codable {}
extension CollectionPlan.Reason: Codable {}
extension CollectionRun.Trigger: Codable {}
extension Delivery.Event: Encodable {}
extension Delivery.State: Encodable {}
extension Message.DeliveryStatus: Encodable {}
extension FileFate.State: Codable {}
extension Message.SenderType: Encodable {}
extension Message.Status: Encodable {}
extension Message.StreamState: Encodable {}
extension NoticeSettings.Kind: Encodable {}
extension Responder.Way: Encodable {}
extension Review.Status: Encodable {}
extension User.Role: Encodable {}
extension User.Theme: Encodable {}
