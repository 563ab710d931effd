import ArgumentParser
import Database
import Foundation
import Glibc
import Identity
import Operations
import Records
import SQLText
import Synchronization
import TestSupport
import Testing
import Values

@testable import App

/// Workspaces on their way from one engine to the other.
@Suite(.enabled(if: TestDatabase.dialect == .postgres, "a move is to PostgreSQL or from there"))
struct MoveTests {
    @Test func `a workspace goes to PostgreSQL and back, broken off on the way, with every row and its chain`()
        async throws
    {
        let place = Place()
        let workspace = try await place.open(try place.files())
        for number in 0..<30 { try await place.add("客户 \(number)", workspace) }
        workspace.close()
        let before = try await place.content(try place.files())
        #expect(before.faults.isEmpty && before.rows["customer"] == 30)

        for length in [1, 3] {
            let move = try await place.move(length)
            #expect(await code { _ = try await move.toPostgres() } == "move_interrupted")
            #expect(await code { try await place.open(try place.files()).close() } == "workspace_moving")
            #expect(await code { _ = try await place.open(try await place.database()) } == "half_moved")
            #expect(await code { _ = try await place.database().choose("acme") } == "half_moved")
            #expect(await code { _ = try await place.database().choose("") } == "half_moved")
            #expect(try await !place.database().isLeftByRestore("acme"), "a restore would remove what has arrived")
        }
        let there = try await place.move().toPostgres()
        #expect(there.rows == before.rows)
        #expect(try !place.files().has("acme"))
        #expect(FileManager.default.fileExists(atPath: there.left))
        let after = try await place.content(try await place.database())
        #expect(after.content == before.content && after.faults.isEmpty)
        // It is written to there.
        try await place.add("新客户", try await place.open(try await place.database()))
        let grown = try await place.content(try await place.database())

        for length in [1, 3] {
            let move = try await place.move(length)
            #expect(await code { _ = try await move.toSQLite() } == "move_interrupted")
            #expect(await code { _ = try place.files().choose("acme") } == "half_moved")
        }
        let back = try await place.move().toSQLite()
        #expect(back.rows == grown.rows && back.servers.isEmpty)
        #expect(try await !place.database().has("acme"))
        #expect(try await place.content(try place.files()).content == grown.content)
        let again = try await place.open(try place.files())
        try await place.add("更新", again)
        again.close()
    }

    @Test func `servers that run read on while their workspace moves, and write nothing that would be lost`()
        async throws
    {
        let place = Place()
        let running = try await Running(place.open(try await place.database()))
        for number in 0..<5 { #expect(try await running.make("客户 \(number)").status == 201) }
        try await running.workspace.rollout.serve(running.workspace.engine)
        let broken = try await place.move(1)
        #expect(await code { _ = try await broken.toSQLite() } == "move_interrupted")
        let refused = try await running.make("来晚了")
        #expect(refused.status == 503 && refused.code == "workspace_moving")
        #expect(refused.headers["retry-after"] == "60", "\(refused.headers)")
        for path in ["/api/v1/customers", "/readyz"] {
            #expect(try await running.client.send("GET", path).status == 200)
        }
        #expect(try await running.beat() == .settled)

        let moved = try await place.move().toSQLite()
        #expect(moved.servers.count == 1 && moved.servers.first?.place.contains("\(getpid())") == true)
        let late = try await running.make("更晚了")
        #expect(late.status == 503 && late.code == "workspace_moved")
        #expect(try await running.client.send("GET", "/api/v1/customers").status == 200)
        #expect(try await running.client.send("GET", "/readyz").code == "workspace_moved")
        #expect(try await running.beat() == .moved)
        let there = try await place.open(try place.files())
        let count = try await there.engine.database.read { try $0.value("SELECT count(*) FROM customer").integer }
        #expect(count == 5)
        there.close()
    }

    @Test func `a file that a server has open moves below it, and is set aside when the server has ended`()
        async throws
    {
        let place = Place()
        let workspace = try await place.open(try place.files())
        try await place.add("先", workspace)
        var lock: WorkspaceLock? = try place.files().lock("acme")
        let (moved, file) = (try await place.move().toPostgres(), try place.files().file("acme"))
        #expect(moved.isFileServed && moved.left == file)
        #expect(await code { try await place.add("晚", workspace) } == "workspace_moved")
        let count = try await workspace.engine.database.read { try $0.value("SELECT count(*) FROM customer").integer }
        #expect(count == 1)
        workspace.close()
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(await code { try await place.open(try place.files()).close() } == "workspace_moved")
        let deletion = try WorkspaceCommand.Delete.parse(["acme", "--yes", "--json", "--data", place.folder])
        #expect(await code { try await deletion.run() } == "workspace_moved", "its attachments are in use")
        let ended = try await place.move().toPostgres()
        #expect(!ended.isFileServed && ended.rows == moved.rows)
        #expect(try !place.files().has("acme"))
        try await place.add("在那边", try await place.open(try await place.database()))
    }

    @Test func `a file that an older program has open is not moved below it, and two moves do not meet`()
        async throws
    {
        let place = Place()
        try await place.open(try place.files()).close()
        // It has the lock and has not said that it looks whether it may write.
        let descriptor = Glibc.open(place.folder + "/acme.lock", O_CREAT | O_RDWR, 0o600)
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let refused = try await place.move()
        #expect(await code { _ = try await refused.toPostgres() } == "workspace_in_use")
        Glibc.close(descriptor)
        let other = try place.files().lockForMove("acme")
        #expect(await code { _ = try await refused.toPostgres() } == "move_runs")
        withExtendedLifetime(other) {}
    }

    @Test func `files that a workspace in the other database uses are neither taken over nor deleted`() async throws {
        let place = Place()
        let workspace = try await place.open(try await place.database())
        try await place.add("一", workspace)
        workspace.close()
        #expect(await code { try place.files().checkNobodyUsesFiles("acme") } == "workspace_exists")
        try place.files().checkNobodyUsesFiles("globex")
        #expect(try await place.move().toSQLite().rows["customer"] == 1)
        #expect(await code { try await place.database().checkNobodyUsesFiles("acme") } == "workspace_exists")
        #expect(await code { try await place.database().checkFilesAreItsOwn("acme") } == "workspace_exists")
        try await place.database().checkFilesAreItsOwn("globex")
    }

    @Test func `a move that is given up leaves the workspace as it was, and nothing of the copy`() async throws {
        let place = Place()
        let workspace = try await place.open(try await place.database())
        try await place.add("先", workspace)
        let broken = try await place.move(1)
        #expect(await code { _ = try await broken.toSQLite() } == "move_interrupted")
        #expect(await code { try await place.add("中", workspace) } == "workspace_moving")
        try await place.move().giveUp()
        #expect(try !place.files().isArriving("acme"))
        try await place.add("后", workspace)
        #expect(await code { try await place.move().giveUp() } == "no_move")
        #expect(try await place.move().toSQLite().rows["customer"] == 2)
        // The same with a file.
        let again = try await place.move(1)
        #expect(await code { _ = try await again.toPostgres() } == "move_interrupted")
        // Also when the database on the other side is gone.
        try await WorkspaceMove.giveUp("acme", in: place.files())
        #expect(await code { try await WorkspaceMove.giveUp("acme", in: place.files()) } == "no_move")
        let third = try await place.move(1)
        #expect(await code { _ = try await third.toPostgres() } == "move_interrupted")
        try await place.move().giveUp()
        #expect(try await !place.database().isArriving("acme"))
        let file = try await place.open(try place.files())
        try await place.add("再", file)
        file.close()
        #expect(try await place.move().toPostgres().rows["customer"] == 3)
    }

    @Test func `what is left of a move is done when the command is repeated, wherever the program ended`()
        async throws
    {
        let place = Place()
        let workspace = try await place.open(try await place.database())
        try await place.add("先", workspace)
        // All is there and compared, the source is marked, and the program ends.
        let source = workspace.engine.database
        let path = try place.files().arrivingFile("acme")
        let target = try Database(sqlite: path)
        let sent = try await Relocation(from: source, to: target, modules: Modules.all).run()
        try await source.write(always: true) { try $0.setWriteStop(.moved) }
        target.close()
        #expect(await code { _ = try place.files().choose("acme") } == "half_moved")
        #expect(try await place.move().toSQLite().rows == sent.rows)
        #expect(try await place.content(try place.files()).content == sent.content)

        // It has its name there, and has lost it here only now.
        let directory = try await place.database()
        let server = try #require(directory.server)
        let (table, schema) = (place.address.components(separatedBy: "directory=").last ?? "", source.path)
        _ = try await server.outside { connection in
            try connection.run("INSERT INTO \(raw: table).workspace (name, schema) VALUES ('acme', \(schema))")
        }
        #expect(await code { try await place.move().giveUp() } == "move_ended")
        #expect(try await place.move().toSQLite().rows == sent.rows)
        #expect(try await !place.database().has("acme"))
    }

    @Test func `a workspace that servers serve is deleted only when somebody insists`() async throws {
        let place = Place()
        let workspace = try await place.open(try await place.database())
        let flags = ["acme", "--yes", "--json", "--data", place.folder, "--database", place.address]
        try await workspace.rollout.serve(workspace.engine)
        let refused = try WorkspaceCommand.Delete.parse(flags)
        #expect(await code { try await refused.run() } == "workspace_in_use")
        #expect(try await place.database().has("acme"))
        await workspace.rollout.end(workspace.engine)
        #expect(try await place.database().servers(of: "acme").isEmpty)
        try await workspace.rollout.serve(workspace.engine)
        try await WorkspaceCommand.Delete.parse(flags + ["--force"]).run()
        #expect(try await !place.database().has("acme"))
    }

    private func code(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "done"
        } catch {
            return (error as? Problem)?.code ?? "\(error)"
        }
    }
}

/// A data folder and a PostgreSQL database beside it.
private struct Place: Sendable {
    let folder = TestFolder.path()
    let address = TestDatabase.freshAddress() ?? ""

    private struct Killed: Error {}

    func files() throws -> WorkspaceDirectory { try WorkspaceDirectory(folder) }

    func database() async throws -> WorkspaceDirectory {
        try await WorkspaceDirectory.chosen(Settings(flags: ["data": folder, "database": address]))
    }

    func open(_ directory: WorkspaceDirectory) async throws -> OpenWorkspace {
        try await OpenWorkspace("acme", in: directory, passwords: .testing)
    }

    func add(_ name: String, _ workspace: OpenWorkspace) async throws {
        try await workspace.engine.write(as: .system("test")) { session in
            _ = try session.create(
                try session.object("customer"),
                .object([.init(key: "name", value: .string(name))])
            )
        }
    }

    /// A move that is broken off after so many transactions.
    func move(_ length: Int = .max) async throws -> WorkspaceMove {
        var move = WorkspaceMove(name: "acme", files: try files(), database: try await database())
        let fuse = Fuse(length)
        move.afterPortion = { if fuse.isBurnt() { throw Killed() } }
        return move
    }

    /// All that a workspace holds, without opening it.
    func content(_ directory: WorkspaceDirectory) async throws -> Inspection {
        let database = try await directory.database("acme")
        defer { database.close() }
        return try await Inspection.of(database, content: true)
    }
}

/// Counts transactions.
private final class Fuse: Sendable {
    private let left: Mutex<Int>

    init(_ length: Int) { left = Mutex(length) }

    /// True from the last one on.
    func isBurnt() -> Bool {
        left.withLock { left in
            left -= 1
            return left <= 0
        }
    }
}
