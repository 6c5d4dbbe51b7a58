;; Unmasking, sixteen bytes a step. The memory is one page: 64 KiB, filled and emptied by mask.ts.
(module
  (memory (export "memory") 1 1)
  ;; XORs `length` bytes from 0 on with the four bytes of `key`, lowest byte first. Writes up to 63 bytes past the end.
  (func (export "unmask") (param $length i32) (param $key i32)
    (local $at i32) (local $wide v128)
    (local.set $wide (i32x4.splat (local.get $key)))
    (loop $next
      (v128.store (local.get $at)
        (v128.xor (v128.load (local.get $at)) (local.get $wide)))
      (v128.store offset=16 (local.get $at)
        (v128.xor (v128.load offset=16 (local.get $at)) (local.get $wide)))
      (v128.store offset=32 (local.get $at)
        (v128.xor (v128.load offset=32 (local.get $at)) (local.get $wide)))
      (v128.store offset=48 (local.get $at)
        (v128.xor (v128.load offset=48 (local.get $at)) (local.get $wide)))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $length))))))
