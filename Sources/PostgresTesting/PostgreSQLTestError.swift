/// A real server could not be brought into the state a test needs.
package struct PostgreSQLTestError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
