import HTTPTypes
import Testing

@testable import HTTP

@Suite("Places")
struct PlacesTests {
    @Test("they end for a key, and for all together, and come back when nobody holds them")
    func bounds() throws {
        let places = Places<String>(perKey: 1, inAll: 2)
        var a: Place? = try places.place("a", orAfter: .seconds(3))
        let b = try places.place("b", orAfter: .seconds(3))
        for key in ["a", "c"] {
            let refusal = #expect(throws: APIError.self) { try places.place(key, orAfter: .seconds(3)) }
            #expect(refusal?.status == .tooManyRequests && refusal?.headers[.retryAfter] == "3")
        }
        withExtendedLifetime(a) {}
        a = nil
        let c = try places.place("c", orAfter: .seconds(3))
        #expect(throws: APIError.self) { try places.place("b", orAfter: .seconds(3)) }
        withExtendedLifetime((b, c)) {}
    }

    @Test("a caller has places by the key and by the user; who is refused for one keeps none of the other")
    func callers() throws {
        let places = CallerPlaces(perCaller: 1, perUser: 2, of: "waits")
        var first: [Place]? = try places.place("key 1", of: "ada")
        let refusal = #expect(throws: APIError.self) { try places.place("key 1", of: "ada") }
        #expect(refusal?.status == .tooManyRequests && refusal?.headers[.retryAfter] == "15")
        #expect(refusal?.message.contains("waits") == true)
        let second = try places.place("key 2", of: "ada")
        #expect(throws: APIError.self) { try places.place("key 3", of: "ada") }
        let other = try places.place("key 4", of: "eve")
        withExtendedLifetime(first) {}
        first = nil
        let third = try places.place("key 3", of: "ada")
        withExtendedLifetime((second, other, third)) {}
    }
}
