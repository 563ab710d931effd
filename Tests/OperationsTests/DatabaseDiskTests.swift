import Database
import Operations
import SQLText
import TestSupport
import Testing
import Values

/// What is known of the disk of a PostgreSQL server.
@Suite struct DatabaseDiskTests {
    @Test func `a database tells how large it and its log are, and a file needs not`() async throws {
        let database = try await TestDatabase.make()
        let disk = await DatabaseDisk.look(database)
        guard database.dialect == .postgres else {
            #expect(disk.bytes == nil && disk.places.isEmpty && disk.slots.isEmpty)
            return
        }
        #expect(try #require(disk.bytes) > 1_000_000)
        // Only some users may know the rest; what is told must be true.
        #expect(disk.logBytes.map { $0 > 1_000_000 } ?? true)
        #expect(disk.places.allSatisfy { $0.free >= 0 && $0.folder.hasPrefix("/") })
        // Whatever was refused has left nothing behind.
        #expect(try await database.read { try $0.value("SELECT 1").integer } == 1)
    }
}
