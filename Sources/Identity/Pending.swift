public import Database

public enum IdentityTables { public static func create(on c: Connection) throws {} }
