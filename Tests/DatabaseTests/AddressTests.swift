import Database
import Testing
import Values

@Suite struct AddressTests {
    @Test(arguments: [
        ("postgres://kehu:secret@db:5432/crm?sslmode=require&pool=20", "postgres://kehu@db:5432/crm"),
        ("postgresql://a@h1,h2/db?target_session_attrs=read-write", "postgresql://a@h1,h2/db"),
        ("postgres:///kehu?host=/tmp/x", "postgres:///kehu"),
    ])
    func `an address is shown without its password`(text: String, shown: String) throws {
        #expect(try PostgresAddress(text).shown == shown)
    }

    @Test(arguments: [
        "mysql://a@b/c", "postgres://a@b/c?pool=1", "postgres://a@b/c?pool=x", "postgres://a@b/c?prepare=maybe",
        "postgres://a@b/c?directory=A-b", "",
    ])
    func `an address that cannot be used says why`(text: String) {
        #expect { try PostgresAddress(text) } throws: { ($0 as? Problem)?.code == "invalid_database_address" }
    }

    @Test(arguments: ["p@ss", "p/ss", "p?ss", "p%ss", "p%", "p%4", "p%00", "p%+4", "p?s=ss", "p/s?s=ss"])
    func `a password that libpq would take apart elsewhere is refused and not shown`(password: String) {
        #expect {
            try PostgresAddress("postgres://kehu:\(password)@db:5432/crm?sslmode=require")
        } throws: { error in
            guard let problem = error as? Problem, problem.code == "invalid_database_address" else { return false }
            return !problem.message.en.contains("ss@db") && problem.message.en.contains("%40")
        }
    }

    @Test func `in an address signs may be written by their numbers, and a value may have an at sign`() throws {
        let address = try PostgresAddress("postgres://kehu:p%40ss%2f@db/crm?user=mei@corp&passfile=/a/b%20c")
        #expect(address.shown == "postgres://kehu@db/crm")
    }
}
