import Testing
import Values

@testable import App

/// Which host name leads to which workspace.
@Suite struct HostsTests {
    private func read(_ hosts: String = "", shared: String = "", workspace: String = "") throws -> Hosts? {
        let flags: [String: String?] = ["hosts": hosts, "login_host": shared, "workspace": workspace]
        return try Hosts(Settings(flags: flags, environment: [:]))
    }

    @Test func `without host names one workspace is served`() throws {
        #expect(try read() == nil)
        #expect(try read(" ,", shared: ", ") == nil)
    }

    @Test func `names, domains and the preset lead to workspaces`() throws {
        let hosts = try #require(try read("crm.acme.example=acme, *.crm.example", workspace: "globex"))
        #expect(hosts.workspace("crm.acme.example") == "acme")
        #expect(hosts.workspace("initech.crm.example") == "initech")
        #expect(hosts.workspace("elsewhere.example") == "globex")
        #expect(!hosts.isShared("crm.acme.example") && !hosts.mustBeNamed("initech"))
    }

    @Test func `a shared name leads to none, even below a domain of workspaces`() throws {
        let hosts = try #require(
            try read("*.crm.example", shared: "Start.crm.example, crm.example", workspace: "globex")
        )
        for host in ["start.crm.example", "crm.example"] {
            #expect(hosts.isShared(host) && hosts.workspace(host) == nil)
        }
        #expect(!hosts.isShared("acme.crm.example") && hosts.workspace("acme.crm.example") == "acme")
    }

    @Test func `a name cannot be shared and one workspace's at once`() {
        for shared in ["crm.acme.example", "crm.example=acme", "*.crm.example", "crm.example/x"] {
            #expect { try self.read("crm.acme.example=acme", shared: shared) } throws: {
                ($0 as? Problem)?.code == "wrong_setting"
            }
        }
    }

    @Test func `links name the workspace where its host name does not`() throws {
        func link(_ workspace: String, _ hosts: String, _ shared: String) throws -> String {
            let address = "https://any.example:8443"
            let flags: [String: String?] = ["hosts": hosts, "login_host": shared, "address": address]
            let settings = try Settings(flags: flags, environment: [:])
            return try Serving.link("/invite/T", settings, port: 8080, workspace: workspace)
        }
        #expect(try link("acme", "", "") == "https://any.example:8443/invite/T")
        #expect(try link("acme", "", "crm.example") == "https://crm.example:8443/invite/T?workspace=acme")
        let own = "crm.acme.example=acme"
        #expect(try link("acme", own, "crm.example") == "https://crm.acme.example:8443/invite/T")
        #expect(try link("globex", own, "crm.example") == "https://crm.example:8443/invite/T?workspace=globex")
        // What is shared below a domain of workspaces is not the name of one that is called alike.
        let (below, shared) = ("*.crm.example", "start.crm.example, login.crm.example")
        #expect(try link("acme", below, shared) == "https://acme.crm.example:8443/invite/T")
        for name in ["start", "login"] {
            #expect(try link(name, below, shared) == "https://start.crm.example:8443/invite/T?workspace=\(name)")
        }
    }
}
