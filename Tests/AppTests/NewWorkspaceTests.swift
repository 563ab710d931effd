import Database
import Foundation
import Identity
import Records
import SQLText
import TestSupport
import Testing
import Values

@testable import App

/// Making a workspace while others make, restore or move one of the same name.
@Suite struct NewWorkspaceTests {
    private let folder = TestFolder.path()
    private let address = TestDatabase.freshAddress()

    private struct Broken: Error {}

    private func place() async throws -> WorkspaceDirectory {
        try await WorkspaceDirectory.chosen(Settings(flags: ["data": folder, "database": address]))
    }

    private func new(_ place: WorkspaceDirectory, owner: String) async throws {
        try await NewWorkspace("acme", in: place).fill { workspace in
            _ = try await workspace.addPerson(email: owner, role: "administrator")
        }
    }

    private func owners() async throws -> [String] {
        let workspace = try await OpenWorkspace("acme", in: place(), passwords: .testing)
        defer { workspace.close() }
        return try await workspace.engine.database.read { connection in
            try connection.rows("SELECT email FROM sys_user ORDER BY email").map { $0.text(0) }
        }
    }

    private func code(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "done"
        } catch {
            return (error as? Problem)?.code ?? "\(error)"
        }
    }

    @Test(arguments: ["one@example.com", "other@example.com"])
    func `whoever looked before another one made it hears that it exists, and takes nothing away`(owner: String)
        async throws
    {
        let early = try await place()
        try await new(try await place(), owner: "one@example.com")
        #expect(await code { try await new(early, owner: owner) } == "workspace_exists")
        #expect(try await owners() == ["one@example.com"])
        #expect(FileManager.default.fileExists(atPath: folder + "/acme.key"))
    }

    @Test func `of several who make one at the same time one does`() async throws {
        let early = try await place()
        let codes = await withTaskGroup(of: String.self) { group in
            for number in 0..<4 {
                group.addTask { await code { try await new(early, owner: "p\(number)@example.com") } }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        // Where making one takes long, those that come last do not wait for it.
        let others = codes.filter { $0 != "done" }
        #expect(others.count == 3 && Set(others).isSubset(of: ["workspace_exists", "workspace_busy"]), "\(codes)")
        #expect(try await owners().count == 1)
    }

    @Test func `what is half made is taken away, and what lay there before is not`() async throws {
        let place = try await place()
        // Put there to be used by a restore.
        try "".write(toFile: folder + "/acme.erasures", atomically: true, encoding: .utf8)
        await #expect(throws: Broken.self) {
            try await NewWorkspace("acme", in: place).fill { (_: OpenWorkspace) -> Void in throw Broken() }
        }
        #expect(try await self.place().names().isEmpty)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(left.filter { $0.hasPrefix("acme") } == ["acme.erasures"])
        try await new(place, owner: "one@example.com")
        #expect(try await owners() == ["one@example.com"])
    }

    @Test func `a name that is being made is waited for`() async throws {
        let place = try await place()
        var lock: WorkspaceLock? = try await place.lockForMaking("acme")
        let waiting = Task { await code { try await new(place, owner: "one@example.com") } }
        try await Task.sleep(for: .milliseconds(100))
        #expect(try await self.place().names().isEmpty)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(await waiting.value == "done")
        #expect(!FileManager.default.fileExists(atPath: folder + "/acme.moving"))
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres, "a move is to PostgreSQL or from there"))
    func `a name under which another workspace arrives is taken, and what has another's name has not arrived`()
        async throws
    {
        let place = try await place()
        let server = try #require(place.server)
        let schema = try await server.make("acme.arriving", unless: "acme")
        // From a data folder on another machine.
        let other = try await WorkspaceDirectory(TestFolder.path(), server)
        #expect(await code { try await new(other, owner: "two@example.com") } == "half_moved")
        #expect(await code { _ = try await other.claiming("acme") } == "workspace_exists")
        #expect(try await server.workspaces() == ["acme.arriving": schema])
        try await server.remove("acme.arriving")
        try await new(try await other.current(), owner: "two@example.com")
        await #expect { _ = try await server.make("acme.arriving", unless: "acme") } throws: { error in
            (error as? StorageFailure)?.isUnique == true
        }
        // As a program of before would have done it: the copy waits, and its name is another's.
        let files = try WorkspaceDirectory(folder)
        try await OpenWorkspace("acme", in: files, passwords: .testing).close()
        let source = try Database(sqlite: files.file("acme"))
        try await source.write(always: true) { try $0.setWriteStop(.moved) }
        source.close()
        _ = try await server.make("acme.arriving")
        let move = WorkspaceMove(name: "acme", files: files, database: try await self.place())
        #expect(await code { _ = try await move.toPostgres() } == "workspace_exists")
        #expect(files.has("acme"))
        try await move.giveUp()
        #expect(try await self.place().names() == ["acme"])
        #expect(try await files.writeStop(of: "acme") == nil)
    }

    @Test func `what restores left is removed, in a folder that machines share only one's own`() throws {
        let directory = try WorkspaceDirectory(TestFolder.path())
        let own = directory.unpackingFolder(at: "20261122T023000")
        let other = directory.path + "/.restore-elsewhere@20261122T023000-7"
        func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
        for path in [own, other] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        directory.clearUnpacked(isShared: true)
        #expect(!isThere(own) && isThere(other))
        let lock = try directory.lockForUnpacking()
        #expect(!isThere(other), "on a disk of one machine all who unpack hold the lock")
        withExtendedLifetime(lock) {}
    }
}
