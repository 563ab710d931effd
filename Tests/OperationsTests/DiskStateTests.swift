import Testing

@testable import Operations

/// Where a folder lies, by what is mounted.
@Suite struct DiskStateTests {
    private let mounts = """
        /dev/sda1 / ext4 rw 0 0
        10.0.0.7:/crm /srv/kehu nfs4 rw 0 0
        /dev/sdb1 /srv/kehu/local ext4 rw 0 0
        me@far:/ /srv/with\\040blank fuse.sshfs rw 0 0
        tmpfs /srv/kehul tmpfs rw 0 0
        """

    @Test(
        arguments: [
            ("/srv/kehu", "nfs4"), ("/srv/kehu/data", "nfs4"), ("/srv/kehu/local/data", nil), ("/srv/kehul", nil),
            ("/srv/with blank/data", "fuse.sshfs"), ("/home", nil), ("/srv", nil),
        ] as [(String, String?)]
    )
    func `the innermost mount says whether a folder lies on a network file system`(place: String, kind: String?) {
        #expect(DiskState.networkKind(of: place, mounts: mounts) == kind)
    }
}
