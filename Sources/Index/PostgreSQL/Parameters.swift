import CPostgreSQL
import Synchronization

/// A statement that the server of a connection has prepared.
struct PreparedStatement {
    let name: String
    /// The type of each `$n`; 0 where only NULL was given until now, and the server found one.
    let types: [Oid]

    private static let last = Atomic<Int>(0)

    static func next() -> Int { last.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// The arguments of a statement, as libpq takes them: binary, with the types that our columns have.
struct Parameters {
    private var types: [Oid] = []
    /// All values, one after the other.
    private var bytes: [UInt8] = []
    /// Where each ends; nil for NULL.
    private var ends: [Int?] = []

    init(_ arguments: Arguments) {
        types.reserveCapacity(arguments.count)
        for argument in arguments {
            switch argument?.stored ?? .null {
            case .null:
                types.append(0)
                ends.append(nil)
                continue
            case .integer(let number):
                types.append(ColumnType.int8)
                withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
            case .text(let text):
                types.append(ColumnType.text)
                bytes.append(contentsOf: text.utf8)
            case .bytes(let data):
                types.append(ColumnType.bytea)
                bytes.append(contentsOf: data)
            }
            ends.append(bytes.count)
        }
    }

    /// Whether a statement prepared with those types takes these arguments. NULL fits any.
    func fit(_ prepared: [Oid]) -> Bool {
        precondition(prepared.count == types.count, "As many `?` as arguments.")
        return zip(types, prepared).allSatisfy { $0 == 0 || $0 == $1 }
    }

    /// The types to prepare with: those given, and where one is NULL the type that was known before.
    func types(given known: [Oid]?) -> [Oid] {
        guard let known else { return types }
        return zip(types, known).map { $0 == 0 ? $1 : $0 }
    }

    func withPointers(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [CInt], _ formats: [CInt]) -> Void
    ) {
        // An empty text must have an address, which an empty array has not: a nil one means NULL.
        (bytes.isEmpty ? [0] : bytes).withUnsafeBytes { buffer in
            var start = 0
            var (values, lengths): ([UnsafePointer<CChar>?], [CInt]) = ([], [])
            for end in ends {
                let value = buffer.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self)
                values.append(end == nil ? nil : value)
                lengths.append(CInt((end ?? start) - start))
                start = end ?? start
            }
            body(values, lengths, [CInt](repeating: 1, count: ends.count))
        }
    }
}

/// PostgreSQL's numbers for types (`pg_type.oid`).
enum ColumnType {
    static let bool: Oid = 16
    static let bytea: Oid = 17
    static let name: Oid = 19
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let oid: Oid = 26
    static let json: Oid = 114
    static let unknown: Oid = 705
    static let varchar: Oid = 1043
    static let numeric: Oid = 1700
    static let void: Oid = 2278
    static let xid8: Oid = 5069
}
