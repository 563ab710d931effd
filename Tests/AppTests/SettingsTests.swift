import Foundation
import Identity
import Operations
import TestSupport
import Testing
import Values

@testable import App

@Suite struct SettingsTests {
    private let folder = URL(filePath: TestFolder.path())

    private func file(_ text: String) throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("kehu.toml").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `flags win over the environment, which wins over the file`() throws {
        let path = try file("# comment\nport = 1\nhost = \"0.0.0.0\"\nlog = json # at night\n")
        let environment = ["KEHU_PORT": "2", "KEHU_LOG": ""]
        let settings = try Settings(flags: ["port": "3"], environment: environment, file: path)
        #expect(try settings.number("port", 0...9) == 3)
        #expect(settings.source("port") == .flag)
        #expect(settings.text("host") == "0.0.0.0")
        #expect(settings.text("log") == "json")
        #expect(settings.source("log") == .file)
        #expect(settings.source("data") == .preset)
        #expect(try Settings(environment: environment, file: path).text("port") == "2")
    }

    @Test func `a misspelt setting is named with its line`() throws {
        let path = try file("port = 1\nhots = x\n")
        #expect { try Settings(environment: [:], file: path) } throws: { error in
            (error as? Problem)?.message.en.contains("line 2") ?? false
        }
    }

    @Test func `a workspace is served by one process only, and made once`() async throws {
        let directory = try WorkspaceDirectory(folder.path)
        let lock = try directory.lock("acme")
        #expect { try directory.lock("acme") } throws: { ($0 as? Problem)?.code == "workspace_in_use" }
        withExtendedLifetime(lock) {}
        #expect { try directory.choose("") } throws: { ($0 as? Problem)?.code == "no_workspace" }
        for name in ["", "Ä", "a b", "../x", "1a", String(repeating: "a", count: 41)] {
            #expect(throws: Problem.self) { try directory.checkNew(name) }
        }
        let workspace = try await OpenWorkspace("acme", in: directory, passwords: .testing)
        workspace.close()
        #expect(directory.names() == ["acme"])
        #expect(try directory.choose("") == "acme")
        #expect { try directory.checkNew("acme") } throws: { ($0 as? Problem)?.code == "workspace_exists" }
    }
    @Test func `half a workspace that a restore has left is neither used nor taken for an empty place`() async throws {
        let directory = try WorkspaceDirectory(folder.path)
        try directory.restoreMark("acme").begin(aside: folder.path + "/acme.replaced-1")
        for name in ["", "acme"] {
            #expect { try directory.choose(name) } throws: { ($0 as? Problem)?.code == "half_restored" }
        }
        #expect { try directory.checkNew("acme") } throws: { error in
            (error as? Problem)?.message.en.contains("acme.replaced-1") ?? false
        }
        #expect(await problem { _ = try await OpenWorkspace("acme", in: directory) } == "half_restored")
        // The next restore goes on with the same folder, so that what was there stays together.
        #expect(try await directory.isLeftByRestore("acme"))
        #expect(directory.aside("acme", at: "2") == folder.path + "/acme.replaced-1")
        // Once there is a workspace it is of no importance, and another folder is taken each time.
        let workspace = try await OpenWorkspace("globex", in: directory, passwords: .testing)
        workspace.close()
        try directory.restoreMark("globex").begin(aside: nil)
        #expect(try directory.choose("") == "globex")
        #expect(try await !directory.isLeftByRestore("globex"))
        let first = try #require(directory.aside("globex", at: "2"))
        try FileManager.default.createDirectory(atPath: first, withIntermediateDirectories: true)
        #expect(directory.aside("globex", at: "2") == first + "-2")
        try directory.restoreMark("acme").end()
        #expect { try directory.choose("acme") } throws: { ($0 as? Problem)?.code == "no_workspace" }
    }

    private func problem(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? Problem)?.code
        }
    }
}
