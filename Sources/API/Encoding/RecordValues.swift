import Index

// How the values of records are written. Enumerations are written with the words that the index stores.

extension Timestamp: Encodable {
    /// ISO 8601 in UTC with milliseconds.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Identifier: Encodable {}
extension Agent.Status: Encodable {}
extension CollectionRun.Trigger: Encodable {}
extension Delivery.Event: Encodable {}
extension Delivery.State: Encodable {}
extension Message.DeliveryStatus: Encodable {}
extension Message.SenderType: Encodable {}
extension Message.Status: Encodable {}
extension Message.StreamState: Encodable {}
extension Responder.Way: Encodable {}
extension Review.Status: Encodable {}
extension User.Role: Encodable {}
extension User.Theme: Encodable {}
