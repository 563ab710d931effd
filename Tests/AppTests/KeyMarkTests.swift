import ArgumentParser
import Database
import Foundation
import Identity
import Records
import SQLText
import TestSupport
import Testing
import Values

@testable import App

/// Machines that serve one workspace with one key, or are told that they have another one.
@Suite struct KeyMarkTests {
    private let address = TestDatabase.freshAddress()

    private func open(_ folder: String) async throws -> OpenWorkspace {
        let settings = try Settings(flags: ["data": folder, "database": address], environment: [:])
        return try await OpenWorkspace("acme", in: try await WorkspaceDirectory.chosen(settings), passwords: .testing)
    }

    private func refusal(_ folder: String) async throws -> String? {
        do {
            try await open(folder).close()
            return nil
        } catch let problem as Problem {
            return problem.code
        }
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres, "a file has one folder"))
    func `a machine with a folder of its own does not begin with another key`() async throws {
        let (first, second) = (TestFolder.path(), TestFolder.path())
        try await open(first).close()
        #expect(try await refusal(second) == "other_key")
        #expect(try await refusal(second) == "other_key", "no key was left behind that would count next time")
        #expect(!FileManager.default.fileExists(atPath: second + "/acme.key"))
        #expect(try await refusal(first) == nil)
        try FileManager.default.copyItem(atPath: first + "/acme.key", toPath: second + "/acme.key")
        #expect(try await refusal(second) == nil)
        let files = try FileManager.default.contentsOfDirectory(atPath: second)
        #expect(files.filter { $0.hasPrefix("acme.key") } == ["acme.key"])
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres, "a file has one folder"))
    func `a key that opens what is stored is the right one, whatever was noted, and a lost one can be given up`()
        async throws
    {
        let (first, second) = (TestFolder.path(), TestFolder.path())
        let workspace = try await open(first)
        let person = try await workspace.addPerson(email: "li@example.cn", role: "salesperson")
        let sealed = try workspace.identities.sealed([UInt8](repeating: 7, count: 20))
        try await workspace.engine.database.write { connection in
            try connection.run(
                """
                INSERT INTO sys_credential (user_id, totp, changed_at)
                VALUES (\(person.user.id), \(SQLValue.blob(sealed)), 0) ON CONFLICT (user_id) DO UPDATE SET totp = excluded.totp
                """
            )
            // As before programs noted which key it is, and as after a mistake.
            try connection.run("DELETE FROM sys_setting WHERE key = 'key_mark'")
        }
        workspace.close()
        #expect(try await refusal(second) == "other_key", "it opens nothing of what is there")
        #expect(try await refusal(first) == nil)
        let again = try await open(first)
        _ = try await again.engine.database.write { connection in
            try connection.run("UPDATE sys_setting SET value = 'of nobody' WHERE key = 'key_mark'")
        }
        again.close()
        #expect(try await refusal(first) == nil)
        let flags = ["acme", "--yes", "--json", "--data", second, "--database", address ?? ""]
        try await ForgetKeyCommand.parse(flags).run()
        #expect(try await refusal(second) == nil)
        #expect(try await refusal(second) == nil)
    }

    @Test(.enabled(if: TestDatabase.dialect == .sqlite, "there only one machine can be"))
    func `beside a file a key that was lost is made anew`() async throws {
        let folder = TestFolder.path()
        try await open(folder).close()
        try FileManager.default.removeItem(atPath: folder + "/acme.key")
        #expect(try await refusal(folder) == nil)
    }
}
