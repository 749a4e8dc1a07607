"""The log: what arrived, byte for byte, in order, and its proofs.

========= ====================================================================================
log       append, seal, settle, merge: the one writer
view      what somebody reading sees; never needs the writer
evidence  one record's proof, and the check of the whole log
fsck      the check of every file
home      the folder, the writer's lock, the keys
journal   what was acknowledged and is not yet in a segment
segment   the files of records and of events
catalog   which files count
tree      the hashes that are kept; published: the checkpoint
========= ====================================================================================
"""
