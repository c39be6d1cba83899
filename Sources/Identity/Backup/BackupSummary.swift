/// What a backup or a restore has dealt with.
package struct BackupSummary: Sendable, Hashable {
    package struct Section: Sendable, Hashable {
        package let name: String
        /// In the document.
        package var rows: Int
        /// Rows that restoring created or changed, also by what another row entailed; 0 for a backup.
        package var changed: Int
    }

    /// In the document's order.
    package var sections: [Section]
}
