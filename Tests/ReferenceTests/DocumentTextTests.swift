import CAssets
import Foundation
import JSON
import Testing

@testable import Reference

@Suite("Files of the binary")
struct AssetTests {
    @Test(
        "every file beside Assets.c is part of the binary, byte for byte",
        arguments: ["Bridge", "Dashboard", "OpenAPI", "Plugins", "Reference"]
    )
    func embedded(folder: String) throws {
        let root = sources.appending(path: "CAssets")
        let code = try String(contentsOf: root.appending(path: "Assets.c"), encoding: .utf8)
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path())
            .map { "\(folder)/\($0)" }.filter { !root.appending(path: $0).hasDirectoryPath && $0.contains(".") }
        #expect(!names.isEmpty)
        for name in names {
            // An asset that is not there ends the process.
            try #require(code.contains("ASSET(\"\(name)\","), "\(name) is not in Assets.c")
            #expect(try Data(contentsOf: root.appending(path: name)) == Data(buffer: Asset(name).buffer), "\(name)")
        }
    }

    @Test("every text in OpenAPI is a part of the document")
    func texts() throws {
        let folder = sources.appending(path: "CAssets/OpenAPI").path()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(files.sorted() == DocumentText.names.map { "\($0).json" }.sorted())
    }
}

@Suite("The texts as one document")
struct DocumentTextTests {
    @Test("a path that is like another has all of it but the differences")
    func like() throws {
        let paths = try #require(try DocumentText.merged()["paths"])
        let (file, shared) = (paths["/api/v1/files/{id}/download"]?["get"], paths["/api/share/{token}"]?["get"])
        #expect(shared?["responses"]?["206"] == file?["responses"]?["206"] && shared?["responses"]?["206"] != nil)
        #expect(shared?["operationId"] == .string("downloadSharedFile"))
        #expect(file?["responses"]?["403"] != nil && shared?["responses"]?["403"] == nil)
        #expect(paths["/api/share/{token}"]?["$like"] == nil)
    }

    @Test("agents' routes take a key, those of users a session, others nothing")
    func security() throws {
        let document = try Document(version: "1").value
        #expect(document["paths"]?["/api/v1/agents"]?["get"]?["security"] == nil)
        #expect(document["paths"]?["/api/agents"]?["get"]?["security"]?.elements.first?["session"] == .array([]))
        #expect(document["paths"]?["/health"]?["get"]?["security"] == .array([]))
        #expect(document["paths"]?["/api/auth/login"]?["post"]?["security"] == .array([]))
    }

    @Test("every error has the one shape")
    func errors() throws {
        let responses = try Document(version: "1").value["components"]?["responses"]?.members ?? [:]
        #expect(responses.count > 15)
        for (name, response) in responses {
            let schema = response["content"]?["application/json"]?["schema"]
            #expect(schema?["$ref"] == .string("#/components/schemas/Error"), "\(name)")
        }
    }
}
